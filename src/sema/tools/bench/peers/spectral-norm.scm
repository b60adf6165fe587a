(define size 50)

(define (a i j)
  (/ 1.0 (+ (quotient (* (+ i j) (+ i j 1)) 2) i 1)))

(define (make f)
  (let ((made (make-vector size)))
    (do ((i 0 (+ i 1)))
        ((= i size) made)
      (vector-set! made i (f i)))))

(define (sum-of f)
  (let loop ((i 0) (sum 0.0))
    (if (= i size)
        sum
        (loop (+ i 1) (+ sum (f i))))))

(define (times v)
  (make (lambda (i) (sum-of (lambda (j) (* (a i j) (vector-ref v j)))))))

(define (times-transposed v)
  (make (lambda (i) (sum-of (lambda (j) (* (a j i) (vector-ref v j)))))))

(define (dot u v)
  (sum-of (lambda (i) (* (vector-ref u i) (vector-ref v i)))))

(define (once)
  (let loop ((i 0) (u (make (lambda (i) 1.0))))
    (let ((v (times-transposed (times u))))
      (if (= i 5)
          (inexact->exact (floor (* 1e9 (sqrt (/ (dot u v) (dot u u))))))
          (loop (+ i 1) v)))))
