(define (make-counter step)
  (let ((n 0))
    (lambda ()
      (set! n (+ n step))
      n)))

(define (sum-of-counters n)
  (let loop ((i 0) (sum 0))
    (if (= i n)
        sum
        (let ((counter (make-counter i)))
          (counter)
          (loop (+ i 1) (+ sum (counter)))))))

(define (adder k) (lambda (x) (+ x k)))
(define (compose-two f g) (lambda (x) (f (g x))))

(define (chain n)
  (let loop ((k 0) (f (lambda (x) x)))
    (if (= k n)
        f
        (loop (+ k 1) (compose-two f (adder k))))))

(define (sum-of-calls f n)
  (let loop ((i 0) (sum 0))
    (if (= i n)
        sum
        (loop (+ i 1) (+ sum (f i))))))

(define (once) (+ (sum-of-counters 30000) (sum-of-calls (chain 20) 3000)))
