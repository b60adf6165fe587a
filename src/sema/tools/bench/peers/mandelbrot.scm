(define size 128)
(define limit 100)

(define (steps cr ci)
  (let loop ((zr 0.0) (zi 0.0) (n 0))
    (let ((zr2 (* zr zr)) (zi2 (* zi zi)))
      (if (or (= n limit) (> (+ zr2 zi2) 4.0))
          n
          (loop (+ (- zr2 zi2) cr) (+ (* 2.0 zr zi) ci) (+ n 1))))))

(define (once)
  (let ((scale (/ 3.0 size)))
    (do ((y 0 (+ y 1))
         (total 0 (do ((x 0 (+ x 1))
                       (total total (+ total (steps (- (* x scale) 2.0) (- (* y scale) 1.5)))))
                      ((= x size) total))))
        ((= y size) total))))
