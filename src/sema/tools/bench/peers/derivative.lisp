(defun sum (a b)
  (cond ((and (numberp a) (numberp b)) (+ a b))
        ((eql a 0) b)
        ((eql b 0) a)
        (t (list '+ a b))))

(defun product (a b)
  (cond ((and (numberp a) (numberp b)) (* a b))
        ((or (eql a 0) (eql b 0)) 0)
        ((eql a 1) b)
        ((eql b 1) a)
        (t (list '* a b))))

(defun derive (formula x)
  (cond ((numberp formula) 0)
        ((symbolp formula) (if (eq formula x) 1 0))
        (t
         (destructuring-bind (operator a b) formula
           (case operator
             (+ (sum (derive a x) (derive b x)))
             (* (sum (product a (derive b x)) (product (derive a x) b)))
             (t (error "unknown operator")))))))

(defun size (formula)
  (if (consp formula)
      (+ 1 (size (second formula)) (size (third formula)))
      1))

(defvar *formula*
  '(+ (* (* x x) (* (+ x 3) y)) (+ (* 5 (* x y)) (* (* x (+ x 1)) (* x x)))))

(defun once ()
  (let ((total 0))
    (dotimes (i 100 total)
      (let* ((first (derive *formula* 'x))
             (second (derive first 'x))
             (third (derive second 'x)))
        (incf total (+ (size first) (size second) (size third)))))))
