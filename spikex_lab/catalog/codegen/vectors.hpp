// What every kernel stands on: vectors of numbers, their functions, how they get from and to memory.
// Real is defined by whoever includes this text. Names with an underscore belong to the equations.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>

#if defined(__AVX512F__)
#define SPIKEX_BYTES 64
#elif defined(__AVX__)
#define SPIKEX_BYTES 32
#else
#define SPIKEX_BYTES 16
#endif

namespace {

constexpr long lanes = SPIKEX_BYTES / sizeof(Real);
typedef Real Vector __attribute__((vector_size(SPIKEX_BYTES)));
typedef Real Loose __attribute__((vector_size(SPIKEX_BYTES), aligned(sizeof(Real)), may_alias));
using Mask = decltype(Vector{} < Vector{});
using Whole = std::conditional_t<sizeof(Real) == 4, std::int32_t, std::int64_t>;
typedef Whole Wholes __attribute__((vector_size(SPIKEX_BYTES)));
typedef long long Words __attribute__((vector_size(SPIKEX_BYTES), may_alias));

template <typename A>
constexpr bool is_vector = std::is_same_v<std::decay_t<A>, Vector>;

inline Vector spread(Vector x) { return x; }
inline Vector spread(Real x) { return x - Vector{}; }
inline Mask spread(Mask x) { return x; }
inline Mask spread(bool x) { return x ? ~Mask{} : Mask{}; }

template <typename M, typename A, typename B>
inline auto pick(M test, A then, B other) {
    if constexpr (!std::is_same_v<M, bool>) {
        return test ? spread(then) : spread(other);
    } else if constexpr (is_vector<A> || is_vector<B>) {
        return test ? spread(then) : spread(other);
    } else {
        return test ? then : other;
    }
}

template <typename A, typename B>
inline auto both(A a, B b) {
    if constexpr (std::is_same_v<A, bool> && std::is_same_v<B, bool>) {
        return a && b;
    } else {
        return spread(a) & spread(b);
    }
}
template <typename A, typename B>
inline auto either(A a, B b) {
    if constexpr (std::is_same_v<A, bool> && std::is_same_v<B, bool>) {
        return a || b;
    } else {
        return spread(a) | spread(b);
    }
}
template <typename A>
inline auto opposite(A a) {
    if constexpr (std::is_same_v<A, bool>) {
        return !a;
    } else {
        return ~a;
    }
}

// Whether all bits are 0.
inline bool none(Wholes bits) {
    const Words words = reinterpret_cast<Words>(bits);
    long long found = 0;
    for (unsigned long k = 0; k < sizeof words / sizeof found; ++k) {
        found |= words[k];
    }
    return found == 0;
}

// -- functions, as torch means them -------------------------------------------------------------

template <typename A>
inline A square(A x) { return x * x; }
template <typename A>
inline A cube(A x) { return x * x * x; }

template <typename A, typename B>
inline auto larger(A a, B b) {
    return pick(either(a >= b, a != a), a, b);
}
template <typename A, typename B>
inline auto smaller(A a, B b) {
    return pick(either(a <= b, a != a), a, b);
}
template <typename A>
inline A sign(A x) {
    return pick(x > Real(0), Real(1), pick(x < Real(0), Real(-1), Real(0)));
}

// One number at a time; the loops are short and of fixed length, so compilers turn the simple ones
// into vector instructions.
#define SPIKEX_LANEWISE(name, call)                     \
    inline Real name(Real x) { return call(x); }        \
    inline Vector name(Vector x) {                      \
        Vector result;                                  \
        for (long lane = 0; lane < lanes; ++lane) {     \
            result[lane] = call(Real(x[lane]));         \
        }                                               \
        return result;                                  \
    }
SPIKEX_LANEWISE(root, std::sqrt)
SPIKEX_LANEWISE(floor, std::floor)
SPIKEX_LANEWISE(ceiling, std::ceil)
SPIKEX_LANEWISE(nearest, std::nearbyint)
SPIKEX_LANEWISE(logarithm, std::log)
SPIKEX_LANEWISE(sine, std::sin)
SPIKEX_LANEWISE(cosine, std::cos)
SPIKEX_LANEWISE(tangent, std::tan)
SPIKEX_LANEWISE(arctangent, std::atan)
SPIKEX_LANEWISE(error, std::erf)
#undef SPIKEX_LANEWISE

inline Real magnitude(Real x) { return std::abs(x); }
inline Vector magnitude(Vector x) {
    return Vector(Wholes(x) & ~((Wholes{} + 1) << (sizeof(Real) * 8 - 1)));
}

// exp: x = n ln 2 + r with |r| <= ln 2 / 2; exp(r) - 1 = r + r^2 q(r) by its Taylor series, whose
// first term left out is below 2^-27 (float: r^8/8!) and 2^-55 (double: r^14/14!) there.
struct Reduced {
    Vector less;  // exp(r) - 1
    Wholes power; // n
};

inline Reduced reduced(Vector x) {
    constexpr bool single = sizeof(Real) == 4;
    constexpr Real shift = single ? Real(12582912.0) : Real(6755399441055744.0); // 1.5 * 2^digits
    const Vector turned = x * Real(1.4426950408889634) + shift;
    const Vector n = turned - shift;
    // ln 2 in two parts, the first so short that n times it is exact
    Vector r = x - n * (single ? Real(0.693145751953125) : Real(0.6931471803691238));
    r = r - n * (single ? Real(1.42860682030941723e-06) : Real(1.9082149292705877e-10));
    constexpr double series[] = {
        1.0 / 87178291200, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
        1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5,
    };
    constexpr int terms = sizeof(series) / sizeof(*series);
    constexpr int first = single ? 7 : 0;
    Vector q = spread(Real(series[first]));
    for (int term = first + 1; term < terms; ++term) {
        q = q * r + Real(series[term]);
    }
    return {r + r * r * q, Wholes(turned) - Wholes(spread(shift))};
}

// 2^n for n from -126 to 127 (double: -1022 to 1023).
inline Vector two_to(Wholes n) {
    constexpr int digits = sizeof(Real) == 4 ? 23 : 52, bias = sizeof(Real) == 4 ? 127 : 1023;
    return Vector((n + bias) << digits);
}

inline Real exponential(Real x) { return std::exp(x); }
inline Vector exponential(Vector x) {
    constexpr Real most = sizeof(Real) == 4 ? Real(89) : Real(710);
    constexpr Real least = sizeof(Real) == 4 ? Real(-104) : Real(-746);
    const Reduced parts = reduced(smaller(larger(x, least), most));
    // in two steps: 2^n alone may lie beyond the largest number, or below the smallest
    const Wholes half = parts.power >> 1;
    const Vector result = (Real(1) + parts.less) * two_to(half) * two_to(parts.power - half);
    return pick(x != x, x, result);
}

inline Real less_one(Real x) { return std::expm1(x); }
inline Vector less_one(Vector x) {
    constexpr Real most = sizeof(Real) == 4 ? Real(89) : Real(710);
    constexpr Real least = sizeof(Real) == 4 ? Real(-20) : Real(-40);
    const Reduced parts = reduced(smaller(larger(x, least), most));
    const Wholes half = parts.power >> 1;
    const Vector low = two_to(half), high = two_to(parts.power - half);
    const Vector small = low * parts.less;                   // without overflow where n is large
    const Vector result = high * (small + (low - two_to(-(parts.power - half))));
    return pick(x != x, x, result);
}

inline Real hyperbolic_tangent(Real x) { return std::tanh(x); }
inline Vector hyperbolic_tangent(Vector x) {
    const Vector size = smaller(magnitude(x), Real(sizeof(Real) == 4 ? 12 : 24));
    const Vector t = less_one(size + size);
    const Vector result = t / (t + Real(2));
    return pick(x != x, x, pick(x < Real(0), -result, result));
}
inline Real hyperbolic_cosine(Real x) { return std::cosh(x); }
inline Vector hyperbolic_cosine(Vector x) {
    const Vector half = exponential(magnitude(x) - Real(0.6931471805599453));
    return half + Real(0.25) / half;
}
inline Real hyperbolic_sine(Real x) { return std::sinh(x); }
inline Vector hyperbolic_sine(Vector x) {
    const Vector t = less_one(magnitude(x));
    const Vector large = exponential(magnitude(x) - Real(0.6931471805599453));
    const Vector size = pick(magnitude(x) > Real(20), large, Real(0.5) * (t + t / (t + Real(1))));
    return pick(x != x, x, pick(x < Real(0), -size, size));
}

// (exp(x) - 1)/x, and 1 at x = 0
template <typename A>
inline A relative(A x) {
    const auto small = magnitude(x) < Real(1e-5);
    const auto safe = pick(small, Real(1), x);
    return pick(small, Real(1) + x / Real(2) + x * x / Real(6), less_one(safe) / safe);
}

// x^y of numbers in single precision, x above 0, worked out in double: x = 2^e m, log m by its series
// in (m - 1)/(m + 1), whose first term left out is below 2^-34; then 2^z as exp does it.
typedef float Singles __attribute__((vector_size(SPIKEX_BYTES / 2)));
typedef double Doubles __attribute__((vector_size(SPIKEX_BYTES)));
inline Singles raised_singles(Singles base, Singles exponent) {
    constexpr long long root = 0x3fe6a09e667f3bcd; // the bits of sqrt(1/2)
    constexpr double most = 200;                   // beyond it floats are 0 or infinite
    const Doubles x = __builtin_convertvector(base, Doubles), zero = {};
    const Doubles y = __builtin_convertvector(exponent, Doubles);
    const Doubles shift = zero + 6755399441055744.0; // 1.5 * 2^52: what is added stands in the bits
    const Words e = (Words(x) - root) >> 52;
    const Doubles m = Doubles(Words(x) - (e << 52));
    const Doubles s = (m - 1) / (m + 1), q = s * s;
    Doubles series = zero + 1.0 / 11;
    for (int odd = 9; odd > 0; odd -= 2) {
        series = series * q + 1.0 / odd;
    }
    Doubles z = y * (Doubles(e + Words(shift)) - shift + s * series * 2.8853900817779268);
    z = z > most ? zero + most : z < -most ? zero - most : z;
    const Doubles turned = z + shift, r = (z - (turned - shift)) * 0.6931471805599453;
    constexpr double taylor[] = {1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1};
    Doubles power = zero + 1.0 / 40320;
    for (double term : taylor) {
        power = power * r + term;
    }
    const Doubles two = Doubles((Words(turned) - Words(shift) + 1023) << 52);
    return __builtin_convertvector(power * two, Singles);
}

template <typename A, typename B>
inline auto raised(A x, B y) {
    if constexpr (is_vector<A> || is_vector<B>) {
        if constexpr (!is_vector<B>) { // one exponent for all, and often one of these
            if (y == Real(0) || y == Real(1)) {
                return y == Real(0) ? spread(Real(1)) : spread(x);
            }
        }
        const Vector base = spread(x), exponent = spread(y);
        Vector result;
        if constexpr (sizeof(Real) == 4) {
            const Mask easy = (base >= Real(1.17549435e-38)) & (base <= Real(3.4028234e38));
            const Mask zero = Wholes(base) == 0;
            if (none(Wholes(~((easy | zero) & (exponent - exponent == Real(0)))))) {
                Singles from[2], by[2];
                std::memcpy(from, &base, sizeof base);
                std::memcpy(by, &exponent, sizeof exponent);
                const Singles made[] = {raised_singles(from[0], by[0]), raised_singles(from[1], by[1])};
                std::memcpy(&result, made, sizeof result);
                const auto limit = pick(exponent < Real(0), Real(HUGE_VAL), Real(1));
                return pick(zero, pick(exponent > Real(0), Real(0), limit), result);
            }
        }
        for (long lane = 0; lane < lanes; ++lane) {
            result[lane] = std::pow(Real(base[lane]), Real(exponent[lane]));
        }
        return result;
    } else {
        return std::pow(x, y);
    }
}
template <typename A, typename B>
inline auto left_over(A x, B y) {
    if constexpr (is_vector<A> || is_vector<B>) {
        const Vector a = spread(x), b = spread(y);
        Vector result;
        for (long lane = 0; lane < lanes; ++lane) {
            result[lane] = left_over(Real(a[lane]), Real(b[lane]));
        }
        return result;
    } else {
        const Real left = std::fmod(x, y);
        return left != Real(0) && (y < Real(0)) != (left < Real(0)) ? left + y : left;
    }
}
template <typename A, typename B>
inline auto whole_part(A x, B y) {
    if constexpr (is_vector<A> || is_vector<B>) {
        const Vector a = spread(x), b = spread(y);
        return pick(b == Vector{}, a / b, nearest((a - left_over(a, b)) / b));
    } else {
        return y == Real(0) ? x / y : nearest((x - left_over(x, y)) / y);
    }
}

// -- memory --------------------------------------------------------------------------------------

inline Vector get(const Real* from) { return *reinterpret_cast<const Loose*>(from); }
inline void put(Real* to, Vector value) { *reinterpret_cast<Loose*>(to) = value; }

// GCC's built-in names: to read immintrin.h takes as long as to compile a kernel.
// Past the caches: what is written is not read again soon, and nothing is fetched to be overwritten.
inline void put(Real* to, Vector value, bool stream) {
    if (!stream) {
        put(to, value);
        return;
    }
#if defined(__clang__)
    __builtin_nontemporal_store(value, reinterpret_cast<Vector*>(to));
#elif defined(__AVX512F__)
    __builtin_ia32_movntdq512(reinterpret_cast<Words*>(to), reinterpret_cast<Words>(value));
#elif defined(__AVX__)
    __builtin_ia32_movntdq256(reinterpret_cast<Words*>(to), reinterpret_cast<Words>(value));
#elif defined(__SSE2__)
    __builtin_ia32_movntdq(reinterpret_cast<Words*>(to), reinterpret_cast<Words>(value));
#else
    put(to, value);
#endif
}
inline void settle() {
#if defined(__x86_64__) && !defined(__clang__)
    __builtin_ia32_sfence();
#endif
}

// Fetches what the next step will read: a step's row lies too far from the last one's for the
// processor to guess. Nothing happens where there is nothing.
inline void ahead(const Real* here, long away) {
    __builtin_prefetch(reinterpret_cast<const void*>(
        reinterpret_cast<std::uintptr_t>(here) + static_cast<std::uintptr_t>(away) * sizeof(Real)));
}

} // namespace
