(defun build (depth)
  (if (= depth 0)
      nil
      (cons (build (- depth 1)) (build (- depth 1)))))

(defun nodes (tree)
  (if (null tree)
      1
      (+ 1 (nodes (car tree)) (nodes (cdr tree)))))

(defun once ()
  (let ((long-lived (build 14)) (sum 0))
    (loop for depth from 4 to 14 by 2
          do (loop repeat (floor 16384 (expt 2 depth))
                   do (incf sum (nodes (build depth)))))
    (+ sum (nodes long-lived))))
