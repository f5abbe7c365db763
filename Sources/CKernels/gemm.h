// The inner kernel, instantiated once per instruction set by gemm.c. Before including, define
//   CK_NAME(x)  the name with the set's suffix      CK_TARGET  the function attribute
//   CK_LANES    floats in one vector                CK_ROWS    output channels per tile
// A tile is CK_ROWS output channels by 2 * CK_LANES pixels, kept in registers over the whole sum.

typedef float CK_NAME(vector) __attribute__((vector_size(CK_LANES * 4), aligned(4)));
typedef int CK_NAME(integers) __attribute__((vector_size(CK_LANES * 4), aligned(4)));

// x * sigmoid(x). exp by splitting off powers of two and a polynomial of degree 5 (Cephes' expf coefficients).
CK_TARGET static inline __attribute__((always_inline)) CK_NAME(vector) CK_NAME(silu)(CK_NAME(vector) x) {
    typedef CK_NAME(vector) vec;
    typedef CK_NAME(integers) ints;
    vec t = -x;
    vec lowest = (vec){0} - 87.0f, highest = (vec){0} + 87.0f;
    ints below = t < lowest, above = t > highest;
    t = (vec)(((ints)t & ~below) | ((ints)lowest & below));
    t = (vec)(((ints)t & ~above) | ((ints)highest & above));
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number.
    vec power = (t * 1.44269504f + 12582912.0f) - 12582912.0f;
    vec r = t - power * 0.693359375f + power * 2.12194440e-4f;
    vec p = (((((r * 1.9875691500e-4f + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r
              + 1.6666665459e-1f) * r + 5.0000001201e-1f) * r * r + r + 1.0f;
    ints exponent = (__builtin_convertvector(power, ints) + 127) << 23;
    return x / (1.0f + p * (vec)exponent);
}

// One tile: rows of `a` (packed [depth][CK_ROWS]) times columns of `b` (packed [depth][2 * CK_LANES]).
CK_TARGET static void CK_NAME(tile)(
    const float *a, const float *b, int depth, const float *bias, int silu, int rows, int columns, float *c, size_t stride) {
    typedef CK_NAME(vector) vec;
    vec sum[CK_ROWS][2];
    for (int row = 0; row < CK_ROWS; row++) sum[row][0] = sum[row][1] = (vec){0} + bias[row];
    for (int k = 0; k < depth; k++) {
        vec b0 = *(const vec *)b, b1 = *(const vec *)(b + CK_LANES);
#pragma clang loop unroll(full)
        for (int row = 0; row < CK_ROWS; row++) {
            sum[row][0] += a[row] * b0;
            sum[row][1] += a[row] * b1;
        }
        a += CK_ROWS;
        b += 2 * CK_LANES;
    }
    if (silu)
        for (int row = 0; row < rows; row++) {
            sum[row][0] = CK_NAME(silu)(sum[row][0]);
            sum[row][1] = CK_NAME(silu)(sum[row][1]);
        }
    for (int row = 0; row < rows; row++) memcpy(c + row * stride, &sum[row][0], sizeof(float) * (size_t)columns);
}

#undef CK_NAME
#undef CK_TARGET
#undef CK_LANES
#undef CK_ROWS
