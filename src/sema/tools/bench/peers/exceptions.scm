(define (check n)
  (if (= (modulo n 3) 0)
      (raise n)
      n))

(define (deep n depth)
  (if (= depth 0)
      (check n)
      (+ 1 (deep n (- depth 1)))))

(define (guarded n)
  (guard (problem (#t (- problem)))
    (deep n 5)))

(define (once)
  (let loop ((n 0) (sum 0))
    (if (= n 3000)
        sum
        (loop (+ n 1) (+ sum (guarded n))))))
