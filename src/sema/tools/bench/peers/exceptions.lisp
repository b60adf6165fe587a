(define-condition problem (error)
  ((value :initarg :value :reader value-of)))

(defun check (n)
  (if (= (mod n 3) 0)
      (error 'problem :value n)
      n))

(defun deep (n depth)
  (if (= depth 0)
      (check n)
      (+ 1 (deep n (- depth 1)))))

(defun guarded (n)
  (handler-case (deep n 5)
    (problem (problem) (- (value-of problem)))))

(defun once ()
  (let ((sum 0))
    (dotimes (n 3000 sum)
      (incf sum (guarded n)))))
