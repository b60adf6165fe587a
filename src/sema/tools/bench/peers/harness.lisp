;;; sbcl --script harness.lisp PROGRAM WIDTH: reads numbers, one a line; for each it runs the
;;; program's (once) so many times and answers with the result and the seconds of processor time.

(defpackage :program (:use :cl))
(in-package :program)

(setf *read-default-float-format* 'double-float)
(load (second sb-ext:*posix-argv*))

(loop for n = (read *standard-input* nil)
      while n
      do (let ((result nil) (start (get-internal-run-time)))
           (dotimes (i n)
             (setf result (funcall 'once)))
           (let ((ticks (- (get-internal-run-time) start)))
             (format t "~d ~,6f~%" result (/ ticks 1.0 internal-time-units-per-second))
             (finish-output))))
