(defun repeat (n sum)
  (if (= n 0) sum (repeat (- n 1) (+ sum n))))

(defun once () (repeat 10000 0))
