(defconstant +size+ 50)

(defun a (i j)
  (/ 1.0 (+ (floor (* (+ i j) (+ i j 1)) 2) i 1)))

(defun make (f)
  (let ((made (make-array +size+)))
    (dotimes (i +size+ made)
      (setf (svref made i) (funcall f i)))))

(defun sum-of (f)
  (let ((sum 0.0))
    (dotimes (i +size+ sum)
      (incf sum (funcall f i)))))

(defun times (v)
  (make (lambda (i) (sum-of (lambda (j) (* (a i j) (svref v j)))))))

(defun times-transposed (v)
  (make (lambda (i) (sum-of (lambda (j) (* (a j i) (svref v j)))))))

(defun dot (u v)
  (sum-of (lambda (i) (* (svref u i) (svref v i)))))

(defun once ()
  (let ((u (make (constantly 1.0))))
    (dotimes (i 5)
      (setf u (times-transposed (times u))))
    (let ((v (times-transposed (times u))))
      (floor (* 1e9 (sqrt (/ (dot u v) (dot u u))))))))
