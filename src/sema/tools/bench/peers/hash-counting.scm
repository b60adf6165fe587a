(define (count-up n)
  (let ((counts (make-number-table)))
    (let loop ((i 0) (random 42))
      (if (= i n)
          counts
          (let ((key (modulo random 1000)))
            (number-table-set! counts key (+ 1 (number-table-ref counts key 0)))
            (loop (+ i 1) (modulo (+ (* random 3877) 29573) 139968)))))))

(define (once)
  (let ((counts (count-up 50000)))
    (do ((key 0 (+ key 1))
         (sum 0 (+ sum (* key (number-table-ref counts key 0)))))
        ((= key 1000) sum))))
