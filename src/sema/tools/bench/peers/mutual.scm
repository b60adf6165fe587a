(define (ping n) (if (= n 0) 0 (+ 1 (pong (- n 1)))))
(define (pong n) (if (= n 0) 0 (+ 2 (ping (- n 1)))))

(define (once) (ping 1000))
