(defstruct ball name height speed bounces)

(defun next (ball)
  (let ((height (+ (ball-height ball) (ball-speed ball)))
        (speed (- (ball-speed ball) 1))
        (made (copy-ball ball)))
    (if (< height 0)
        (setf (ball-height made) (- height)
              (ball-speed made) (floor (* (- speed) 9) 10)
              (ball-bounces made) (+ (ball-bounces ball) 1))
        (setf (ball-height made) height
              (ball-speed made) speed))
    made))

(defun fly (ball steps)
  (if (= steps 0)
      ball
      (fly (next ball) (- steps 1))))

(defun once ()
  (let ((ball (fly (make-ball :name "ball" :height 1000 :speed 0 :bounces 0) 20000)))
    (+ (ball-height ball) (ball-speed ball) (* 1000 (ball-bounces ball)))))
