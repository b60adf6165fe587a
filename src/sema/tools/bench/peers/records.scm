(define-record ball (make-ball name height speed bounces) ball?
  (name ball-name)
  (height ball-height)
  (speed ball-speed)
  (bounces ball-bounces))

(define (step ball)
  (let ((height (+ (ball-height ball) (ball-speed ball)))
        (speed (- (ball-speed ball) 1)))
    (if (< height 0)
        (make-ball (ball-name ball)
                   (- height)
                   (quotient (* (- speed) 9) 10)
                   (+ (ball-bounces ball) 1))
        (make-ball (ball-name ball) height speed (ball-bounces ball)))))

(define (fly ball steps)
  (if (= steps 0)
      ball
      (fly (step ball) (- steps 1))))

(define (once)
  (let ((ball (fly (make-ball "ball" 1000 0 0) 20000)))
    (+ (ball-height ball) (ball-speed ball) (* 1000 (ball-bounces ball)))))
