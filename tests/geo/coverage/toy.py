"""Three places and two services small enough to reckon by hand."""

import numpy as np

STEPS = ((30.0, 1.0), (60.0, 0.68), (100.0, 0.22))

# Places A and B of region R1, place C of region R2; service P in R1, service Q in R2.
DEMAND = np.array([100.0, 200.0, 50.0])
CAPACITY = np.array([2.0, 1.0])
COST_KM = np.array([[10.0, 80.0], [40.0, 50.0], [120.0, 55.0]])
R1, R2 = [0, 1], [2]

ENHANCED = np.array([0.009620409604519774, 0.009304378531073448, 0.003541666666666667])
