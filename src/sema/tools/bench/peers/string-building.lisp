(defun stars (n)
  (let ((text ""))
    (dotimes (i n text)
      (setf text (concatenate 'string text "*")))))

(defun line (i)
  (concatenate 'string "item " (write-to-string i) ": " (write-to-string (* i i))))

(defun report (n)
  (with-output-to-string (out)
    (dotimes (i n)
      (unless (= i 0) (write-char #\Newline out))
      (write-string (line i) out))))

(defun once () (+ (length (stars 2000)) (length (report 5000))))
