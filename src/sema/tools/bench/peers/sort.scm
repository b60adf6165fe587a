(define numbers
  (let loop ((i 0) (random 42) (made '()))
    (if (= i 10000)
        made
        (loop (+ i 1) (modulo (+ (* random 3877) 29573) 139968) (cons random made)))))

(define (before? a b)
  (let ((last-a (modulo a 10)) (last-b (modulo b 10)))
    (if (= last-a last-b)
        (> a b)
        (< last-a last-b))))

(define (once)
  (fold-left (lambda (sum x) (modulo (+ (* sum 31) x) 1000003)) 0 (sorted numbers before?)))
