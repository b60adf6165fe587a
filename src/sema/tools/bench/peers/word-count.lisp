(defvar *syllables* (vector "ka" "lo" "mi" "nu" "re" "so" "ta" "vi"))

(defun make-text ()
  (with-output-to-string (out)
    (let ((random 42))
      (dotimes (i 5000)
        (unless (= i 0) (write-char #\Space out))
        (write-string (svref *syllables* (mod random 8)) out)
        (write-string (svref *syllables* (mod (floor random 8) 8)) out)
        (write-string (svref *syllables* (mod (floor random 64) 4)) out)
        (setf random (mod (+ (* random 3877) 29573) 139968))))))

(defvar *text* (make-text))

(defun split (text separator)
  (loop for start = 0 then (+ end 1)
        for end = (position separator text :start start)
        collect (subseq text start end)
        while end))

(defun count-words (words)
  (let ((counts (make-hash-table :test #'equal)))
    (dolist (word words counts)
      (incf (gethash word counts 0)))))

(defun more-frequent-p (a b)
  (or (> (cdr a) (cdr b))
      (and (= (cdr a) (cdr b)) (string< (car a) (car b)))))

(defun once ()
  (let* ((counts (count-words (split *text* #\Space)))
         (entries (sort (loop for word being the hash-keys of counts using (hash-value count)
                              collect (cons word count))
                        #'more-frequent-p))
         (sum (length entries)))
    (loop repeat 10
          for entry in entries
          do (setf sum (+ (* 3 sum) (cdr entry))))
    sum))
