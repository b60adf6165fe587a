(define (sum a b)
  (cond ((and (number? a) (number? b)) (+ a b))
        ((eqv? a 0) b)
        ((eqv? b 0) a)
        (else (list '+ a b))))

(define (product a b)
  (cond ((and (number? a) (number? b)) (* a b))
        ((or (eqv? a 0) (eqv? b 0)) 0)
        ((eqv? a 1) b)
        ((eqv? b 1) a)
        (else (list '* a b))))

(define (derive formula x)
  (cond ((number? formula) 0)
        ((symbol? formula) (if (eq? formula x) 1 0))
        (else
          (let ((a (cadr formula)) (b (caddr formula)))
            (case (car formula)
              ((+) (sum (derive a x) (derive b x)))
              ((*) (sum (product a (derive b x)) (product (derive a x) b)))
              (else (raise 'unknown-operator)))))))

(define (size formula)
  (if (pair? formula)
      (+ 1 (size (cadr formula)) (size (caddr formula)))
      1))

(define formula '(+ (* (* x x) (* (+ x 3) y)) (+ (* 5 (* x y)) (* (* x (+ x 1)) (* x x)))))

(define (once)
  (let loop ((i 0) (total 0))
    (if (= i 100)
        total
        (let* ((first (derive formula 'x))
               (second (derive first 'x))
               (third (derive second 'x)))
          (loop (+ i 1) (+ total (size first) (size second) (size third)))))))
