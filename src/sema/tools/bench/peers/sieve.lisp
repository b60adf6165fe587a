(defun strike (flags p n)
  (loop for multiple from (* p p) below n by p
        do (setf (svref flags multiple) nil)))

(defun primes-below (n)
  (let ((flags (make-array n :initial-element t)) (found 0))
    (loop for i from 2 below n
          when (svref flags i)
            do (incf found)
               (strike flags i n))
    found))

(defun once () (primes-below 50000))
