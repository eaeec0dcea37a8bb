// What every fused learning rule stands on besides vectors: what it is given, and who fired.

namespace {

constexpr long group = 4;         // neurons that take a step together
constexpr long tile = 32 * lanes; // inputs of them that one thread takes at a time

// What a rule is given. Per input and per neuron there is room for whole vectors.
struct Rule {
    long steps, samples, inputs, neurons;
    long wide, tall;            // room per input, per neuron
    long threads;
    const Real* fixed;          // parameters and constants of the step
    const Real* const* heard;   // inputs of the rule
    const long* strides;        // of each, from step to step, sample, neuron, place
    Real* const* states;        // [samples][places], per synapse [neurons][samples][wide]; without
                                // samples where they share it
    Real* const* hands;         // what one part leaves for the next: [steps][samples][places]
    std::int32_t* const* marks; // of each factor of a product: [steps][places][1 + samples]
    const std::int32_t* all;    // every sample
    unsigned char* calm;        // [neurons][vectors]: whether it stays as it is where nothing comes
};

inline Real heard(const Rule& rule, long which, long t, long b) {
    const long* stride = rule.strides + 4 * which;
    return rule.heard[which][t * stride[0] + b * stride[1]];
}

// `count`: how many there are.
inline Vector heard(const Rule& rule, long which, long t, long b, long n, long i, long count) {
    const long* stride = rule.strides + 4 * which;
    const Real* row = rule.heard[which] + t * stride[0] + b * stride[1] + n * stride[2];
    if (stride[3] == 0) {
        return spread(*row);
    }
    if (i + lanes <= count) {
        return get(row + i);
    }
    Vector some{};
    std::memcpy(&some, row + i, static_cast<std::size_t>(count - i) * sizeof(Real));
    return some;
}

// The numbers of one sample: a vector of inputs, or a group of neurons.
inline Vector some(const Real* from, long width) {
    if (width == lanes) {
        return get(from);
    }
    Vector all{};
    for (long k = 0; k < width; ++k) { // a group may be wider than a vector
        all[k % lanes] += magnitude(from[k]);
    }
    return all;
}

// Notes in which samples any of `width` numbers is other than 0: how many samples, then which.
// The number is ~n where one of them is infinite or no number: 0 times that is not 0.
inline void mark(const Real* factor, long stride, long width, long samples, std::int32_t* to) {
    std::int32_t count = 0;
    Vector odd{};
    for (long b = 0; b < samples; ++b) {
        const Vector x = some(factor + b * stride, width);
        to[1 + count] = static_cast<std::int32_t>(b);
        count += !none(Wholes(magnitude(x)));
        odd += x - x;
    }
    *to = none(Wholes(odd)) ? count : ~count;
}

struct Few {
    const std::int32_t* which;
    long count;
};

// The samples of which a product may be other than 0. What is 0 in one factor may be left out where
// all of the other is finite; of both ways the shorter one.
inline Few few(const Rule& rule, const std::int32_t* post, const std::int32_t* pre) {
    const long posts = *post < 0 ? ~*post : *post, pres = *pre < 0 ? ~*pre : *pre;
    if (*pre >= 0 && (*post < 0 || posts <= pres)) {
        return {post + 1, posts};
    }
    return *post >= 0 ? Few{pre + 1, pres} : Few{rule.all, rule.samples};
}

// Whether `count` numbers are 0 to the last bit.
inline bool nothing(const Real* from, long count) {
    Whole bits = 0;
    for (long k = 0; k < count; ++k) {
        Whole one;
        std::memcpy(&one, from + k, sizeof one);
        bits |= one;
    }
    return bits == 0;
}

} // namespace
