(define (loop n sum)
  (if (= n 0) sum (loop (- n 1) (+ sum n))))

(define (once) (loop 10000 0))
