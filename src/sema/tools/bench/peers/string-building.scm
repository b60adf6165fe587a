(define (stars n)
  (let loop ((i 0) (text ""))
    (if (= i n)
        text
        (loop (+ i 1) (string-append text "*")))))

(define (line i)
  (string-append "item " (number->string i) ": " (number->string (* i i))))

(define (report n)
  (let loop ((i (- n 1)) (lines '()))
    (if (< i 0)
        (join lines "\n")
        (loop (- i 1) (cons (line i) lines)))))

(define (once) (+ (string-length (stars 2000)) (string-length (report 5000))))
