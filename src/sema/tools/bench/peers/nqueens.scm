(define (safe? column distance placed)
  (or (null? placed)
      (let ((other (car placed)))
        (and (not (= other column))
             (not (= other (+ column distance)))
             (not (= other (- column distance)))
             (safe? column (+ distance 1) (cdr placed))))))

(define (solutions size row placed)
  (if (= row size)
      1
      (let try-column ((column 0) (found 0))
        (if (= column size)
            found
            (try-column (+ column 1)
                        (if (safe? column 1 placed)
                            (+ found (solutions size (+ row 1) (cons column placed)))
                            found))))))

(define (once) (solutions 8 0 '()))
