(define (make-tree depth)
  (if (= depth 0)
      '()
      (cons (make-tree (- depth 1)) (make-tree (- depth 1)))))

(define (nodes tree)
  (if (null? tree)
      1
      (+ 1 (nodes (car tree)) (nodes (cdr tree)))))

(define (nodes-of-many depth count)
  (do ((i 0 (+ i 1))
       (sum 0 (+ sum (nodes (make-tree depth)))))
      ((= i count) sum)))

(define (once)
  (let ((long-lived (make-tree 14)))
    (do ((depth 4 (+ depth 2))
         (sum 0 (+ sum (nodes-of-many depth (quotient 16384 (expt 2 depth))))))
        ((> depth 14) (+ sum (nodes long-lived))))))
