#lang racket/base
; racket harness-racket.rkt PROGRAM WIDTH: reads numbers, one a line; for each it runs the program's
; (once) so many times and answers with the result and the seconds of processor time.

; What the programs expect beyond what all Schemes have.
(define prologue
  '((define (fold-left f start xs) (foldl (lambda (x value) (f value x)) start xs))
    (define (sorted xs before?) (sort xs before?))
    (define (join strings separator) (string-join strings separator))
    (define (split text separator) (string-split text (string separator)))
    (define (make-number-table) (make-hasheqv))
    (define (number-table-ref table key default) (hash-ref table key default))
    (define (number-table-set! table key value) (hash-set! table key value))
    (define (make-string-table) (make-hash))
    (define (string-table-ref table key default) (hash-ref table key default))
    (define (string-table-set! table key value) (hash-set! table key value))
    (define (string-table->list table) (hash->list table))
    (define-syntax-rule (define-record name (make field ...) is? (of get) ...)
      (define-record-type name (make field ...) is? (of get) ...))
    (define-syntax-rule (guard (problem (test value)) body ...)
      (with-handlers ([(lambda (problem) test) (lambda (problem) value)]) body ...))))

(define (forms-of file)
  (call-with-input-file file
    (lambda (port)
      (for/list ([form (in-port read port)]) form))))

(define run
  (parameterize ([current-namespace (make-base-namespace)])
    (eval `(module program racket/base
             (require (only-in racket/string string-join string-split)
                      (only-in srfi/9 define-record-type))
             (provide run)
             ,@prologue
             ,@(forms-of (vector-ref (current-command-line-arguments) 0))
             (define (run n)
               (let ([result (once)])
                 (if (= n 1) result (run (- n 1)))))))
    (dynamic-require ''program 'run)))

(for ([n (in-port read)])
  (define start (current-process-milliseconds))
  (define result (run n))
  (define seconds (/ (- (current-process-milliseconds) start) 1000.0))
  (printf "~a ~a\n" result seconds)
  (flush-output))
