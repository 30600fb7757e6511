"""How far the loads of one trial move with what nobody knows exactly, and what moves them most.

Its factors are inputs and assumptions of the *analysis*. What a *prediction* assumes of the walker (tendons,
weights of the cost, ground) is varied by `retrogait.predict.sensitivity`, which solves a new gait for each.
"""
