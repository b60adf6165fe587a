(defun make-counter (step)
  (let ((n 0))
    (lambda () (incf n step))))

(defun sum-of-counters (n)
  (let ((sum 0))
    (dotimes (i n sum)
      (let ((counter (make-counter i)))
        (funcall counter)
        (incf sum (funcall counter))))))

(defun adder (k) (lambda (x) (+ x k)))
(defun compose (f g) (lambda (x) (funcall f (funcall g x))))

(defun chain (n)
  (let ((f #'identity))
    (dotimes (k n f)
      (setf f (compose f (adder k))))))

(defun sum-of-calls (f n)
  (let ((sum 0))
    (dotimes (i n sum)
      (incf sum (funcall f i)))))

(defun once () (+ (sum-of-counters 30000) (sum-of-calls (chain 20) 3000)))
