(define numbers
  (let loop ((i 19999) (made '()))
    (if (< i 0) made (loop (- i 1) (cons i made)))))

(define (sum-of-squares xs)
  (fold-left + 0 (map (lambda (x) (* x x))
                      (filter (lambda (x) (= (modulo x 3) 0)) xs))))

(define (largest-difference xs ys)
  (fold-left max 0 (map (lambda (x y) (abs (- x y))) xs ys)))

(define (once)
  (+ (sum-of-squares numbers)
     (largest-difference numbers (reverse numbers))
     (fold-left (lambda (sum x) (+ (modulo (* sum 3) 1000) x))
                0
                (map (lambda (x) (- x 5)) numbers))))
