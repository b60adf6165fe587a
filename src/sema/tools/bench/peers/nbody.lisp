(defconstant +solar-mass+ (* 4.0 3.141592653589793 3.141592653589793))
(defconstant +year+ 365.24)
(defconstant +bodies+ 5)

(defvar *mass*
  (vector +solar-mass+
          (* 9.54791938424326609e-04 +solar-mass+)
          (* 2.85885980666130812e-04 +solar-mass+)
          (* 4.36624404335156298e-05 +solar-mass+)
          (* 5.15138902046611451e-05 +solar-mass+)))

(defun balance (v)
  (let ((sum 0.0))
    (loop for i from 1 below +bodies+
          do (incf sum (* (svref v i) (svref *mass* i))))
    (setf (svref v 0) (/ (- sum) +solar-mass+))))

(defun advance (x y z vx vy vz dt)
  (dotimes (i +bodies+)
    (loop for j from (+ i 1) below +bodies+
          do (let* ((dx (- (svref x i) (svref x j)))
                    (dy (- (svref y i) (svref y j)))
                    (dz (- (svref z i) (svref z j)))
                    (square (+ (* dx dx) (* dy dy) (* dz dz)))
                    (force (/ dt (* square (sqrt square))))
                    (of-i (* (svref *mass* i) force))
                    (of-j (* (svref *mass* j) force)))
               (decf (svref vx i) (* dx of-j))
               (decf (svref vy i) (* dy of-j))
               (decf (svref vz i) (* dz of-j))
               (incf (svref vx j) (* dx of-i))
               (incf (svref vy j) (* dy of-i))
               (incf (svref vz j) (* dz of-i)))))
  (dotimes (i +bodies+)
    (incf (svref x i) (* dt (svref vx i)))
    (incf (svref y i) (* dt (svref vy i)))
    (incf (svref z i) (* dt (svref vz i)))))

(defun energy (x y z vx vy vz)
  (let ((sum 0.0))
    (dotimes (i +bodies+ sum)
      (let ((a (svref vx i)) (b (svref vy i)) (c (svref vz i)))
        (incf sum (* 0.5 (svref *mass* i) (+ (* a a) (* b b) (* c c)))))
      (loop for j from (+ i 1) below +bodies+
            do (let ((dx (- (svref x i) (svref x j)))
                     (dy (- (svref y i) (svref y j)))
                     (dz (- (svref z i) (svref z j))))
                 (decf sum (/ (* (svref *mass* i) (svref *mass* j))
                              (sqrt (+ (* dx dx) (* dy dy) (* dz dz))))))))))

(defun once ()
  (let ((x (vector 0.0 4.84143144246472090 8.34336671824457987 12.8943695621391310
                   15.3796971148509165))
        (y (vector 0.0 -1.16032004402742839 4.12479856412430479 -15.1111514016986312
                   -25.9193146099879641))
        (z (vector 0.0 -0.103622044471123109 -0.403523417114321381 -0.223307578892655734
                   0.179258772950371181))
        (vx (vector 0.0 (* 0.00166007664274403694 +year+) (* -0.00276742510726411 +year+)
                    (* 0.00296460137564761618 +year+) (* 0.00268067772490389322 +year+)))
        (vy (vector 0.0 (* 0.00769901118419740425 +year+) (* 0.00499852801234917238 +year+)
                    (* 0.00237847173959480950 +year+) (* 0.00162824170038242295 +year+)))
        (vz (vector 0.0 (* -0.0000690460016972063023 +year+) (* 0.0000230417297573763929 +year+)
                    (* -0.0000296589568540237556 +year+) (* -0.0000951592254519715870 +year+))))
    (mapc #'balance (list vx vy vz))
    (dotimes (step 500)
      (advance x y z vx vy vz 0.01))
    (floor (* 1e9 (energy x y z vx vy vz)))))
