(defvar *numbers* (loop for i below 20000 collect i))

(defun sum-of-squares (xs)
  (reduce #'+ (mapcar (lambda (x) (* x x))
                      (remove-if-not (lambda (x) (= (mod x 3) 0)) xs))))

(defun largest-difference (xs ys)
  (reduce #'max (mapcar (lambda (x y) (abs (- x y))) xs ys)))

(defun once ()
  (+ (sum-of-squares *numbers*)
     (largest-difference *numbers* (reverse *numbers*))
     (reduce (lambda (sum x) (+ (mod (* sum 3) 1000) x))
             (mapcar (lambda (x) (- x 5)) *numbers*)
             :initial-value 0)))
