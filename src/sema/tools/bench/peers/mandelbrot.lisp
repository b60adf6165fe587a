(defconstant +size+ 128)
(defconstant +limit+ 100)

(defun steps (cr ci)
  (let ((zr 0.0) (zi 0.0) (n 0))
    (loop
      (let ((zr2 (* zr zr)) (zi2 (* zi zi)))
        (when (or (= n +limit+) (> (+ zr2 zi2) 4.0))
          (return n))
        (setf zi (+ (* 2.0 zr zi) ci)
              zr (+ (- zr2 zi2) cr)
              n (+ n 1))))))

(defun once ()
  (let ((total 0) (scale (/ 3.0 +size+)))
    (dotimes (y +size+ total)
      (dotimes (x +size+)
        (incf total (steps (- (* x scale) 2.0) (- (* y scale) 1.5)))))))
