// The sigmoid as C programs write it. GCC calls libmvec's vectorised expf for it: cc -O3 -ffast-math -shared -fPIC sigmoid.c -lmvec -lm
#include <math.h>

void sigmoid_float32(const float *x, float *y, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = 1 / (1 + expf(-x[i]));
}
