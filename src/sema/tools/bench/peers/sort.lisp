(defvar *numbers*
  (let ((made '()) (random 42))
    (dotimes (i 10000 made)
      (push random made)
      (setf random (mod (+ (* random 3877) 29573) 139968)))))

(defun before-p (a b)
  (let ((last-a (mod a 10)) (last-b (mod b 10)))
    (if (= last-a last-b)
        (> a b)
        (< last-a last-b))))

(defun once ()
  (reduce (lambda (sum x) (mod (+ (* sum 31) x) 1000003))
          (sort (copy-list *numbers*) #'before-p)
          :initial-value 0))
