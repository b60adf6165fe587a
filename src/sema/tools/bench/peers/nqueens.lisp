(defun safe-p (column distance placed)
  (or (null placed)
      (let ((other (car placed)))
        (and (/= other column)
             (/= other (+ column distance))
             (/= other (- column distance))
             (safe-p column (+ distance 1) (cdr placed))))))

(defun solutions (size row placed)
  (if (= row size)
      1
      (let ((found 0))
        (dotimes (column size found)
          (when (safe-p column 1 placed)
            (incf found (solutions size (+ row 1) (cons column placed))))))))

(defun once () (solutions 8 0 nil))
