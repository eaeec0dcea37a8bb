// Rendered from components/neurons/sigma-delta/component.yaml by `spikex components render`: edit that file, not this.
//
// Sigma-delta unit (neurons/sigma-delta), version 1.0.0, licence BSD-3-Clause
// Adds up the changes it hears, and tells on how much its own activation has changed, if by
//   enough.
//
// Papers:
// - O'Connor P., Welling M. (2016). Sigma delta quantized networks,
//   doi:10.48550/arXiv.1611.02024
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state.
#ifndef SPIKEX_NEURONS_SIGMA_DELTA
#define SPIKEX_NEURONS_SIGMA_DELTA

#include <cmath>

namespace neurons_sigma_delta {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // The smallest change of the activation that is told on; above 0
    T p_theta = T(0.1);
};

// One time step with accumulate=true, activation=relu.
//   total = acc[t-1] + I[t]
//   act = relu(total)
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Sigma: the sum of all changes heard
    T s_acc = T(0);
    // What the receivers believe the activation to be
    T s_told = T(0);
    // Delta: the change told on at this step, or 0
    T s_sent = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
    }

    // Back to the first values of the states.
    void init() {
        s_acc = T(0);
        s_told = T(0);
        s_sent = T(0);
    }

    // One step: returns what goes out.
    // x_I: Change of the weighted sum since the last step
    T step(T x_I) {
        // the sum so far
        const T l_total = s_acc + x_I;
        // the activation
        const T l_act = larger(l_total, T(0));
        // acc[t] = total
        const T n_acc = l_total;
        // told[t] = told[t-1]
        T n_told = s_told;
        // sent[t] = act - told[t]
        T n_sent = l_act - n_told;
        // abs(sent) >= theta
        const T spike = std::abs(n_sent) - p_theta >= T(0) ? T(1) : T(0);
        // sent = spike*sent
        n_sent = spike * n_sent;
        // told = told + sent
        n_told = n_told + n_sent;
        // sent
        const T out = n_sent;
        s_acc = n_acc;
        s_told = n_told;
        s_sent = n_sent;
        return out;
    }
};

// One time step with accumulate=true, activation=none.
//   total = acc[t-1] + I[t]
//   act = total
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
template <typename T>
struct Step_accumulate_none : Parameters<T> {
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Sigma: the sum of all changes heard
    T s_acc = T(0);
    // What the receivers believe the activation to be
    T s_told = T(0);
    // Delta: the change told on at this step, or 0
    T s_sent = T(0);

    explicit Step_accumulate_none(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
    }

    // Back to the first values of the states.
    void init() {
        s_acc = T(0);
        s_told = T(0);
        s_sent = T(0);
    }

    // One step: returns what goes out.
    // x_I: Change of the weighted sum since the last step
    T step(T x_I) {
        // the sum so far
        const T l_total = s_acc + x_I;
        // the sum itself
        const T l_act = l_total;
        // acc[t] = total
        const T n_acc = l_total;
        // told[t] = told[t-1]
        T n_told = s_told;
        // sent[t] = act - told[t]
        T n_sent = l_act - n_told;
        // abs(sent) >= theta
        const T spike = std::abs(n_sent) - p_theta >= T(0) ? T(1) : T(0);
        // sent = spike*sent
        n_sent = spike * n_sent;
        // told = told + sent
        n_told = n_told + n_sent;
        // sent
        const T out = n_sent;
        s_acc = n_acc;
        s_told = n_told;
        s_sent = n_sent;
        return out;
    }
};

// One time step with accumulate=false, activation=relu.
//   total = I[t]
//   act = relu(total)
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
template <typename T>
struct Step_no_accumulate_relu : Parameters<T> {
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Sigma: the sum of all changes heard
    T s_acc = T(0);
    // What the receivers believe the activation to be
    T s_told = T(0);
    // Delta: the change told on at this step, or 0
    T s_sent = T(0);

    explicit Step_no_accumulate_relu(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
    }

    // Back to the first values of the states.
    void init() {
        s_acc = T(0);
        s_told = T(0);
        s_sent = T(0);
    }

    // One step: returns what goes out.
    // x_I: Change of the weighted sum since the last step
    T step(T x_I) {
        // the value itself
        const T l_total = x_I;
        // the activation
        const T l_act = larger(l_total, T(0));
        // acc[t] = total
        const T n_acc = l_total;
        // told[t] = told[t-1]
        T n_told = s_told;
        // sent[t] = act - told[t]
        T n_sent = l_act - n_told;
        // abs(sent) >= theta
        const T spike = std::abs(n_sent) - p_theta >= T(0) ? T(1) : T(0);
        // sent = spike*sent
        n_sent = spike * n_sent;
        // told = told + sent
        n_told = n_told + n_sent;
        // sent
        const T out = n_sent;
        s_acc = n_acc;
        s_told = n_told;
        s_sent = n_sent;
        return out;
    }
};

// One time step with accumulate=false, activation=none.
//   total = I[t]
//   act = total
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
template <typename T>
struct Step_no_accumulate_none : Parameters<T> {
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Sigma: the sum of all changes heard
    T s_acc = T(0);
    // What the receivers believe the activation to be
    T s_told = T(0);
    // Delta: the change told on at this step, or 0
    T s_sent = T(0);

    explicit Step_no_accumulate_none(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
    }

    // Back to the first values of the states.
    void init() {
        s_acc = T(0);
        s_told = T(0);
        s_sent = T(0);
    }

    // One step: returns what goes out.
    // x_I: Change of the weighted sum since the last step
    T step(T x_I) {
        // the value itself
        const T l_total = x_I;
        // the sum itself
        const T l_act = l_total;
        // acc[t] = total
        const T n_acc = l_total;
        // told[t] = told[t-1]
        T n_told = s_told;
        // sent[t] = act - told[t]
        T n_sent = l_act - n_told;
        // abs(sent) >= theta
        const T spike = std::abs(n_sent) - p_theta >= T(0) ? T(1) : T(0);
        // sent = spike*sent
        n_sent = spike * n_sent;
        // told = told + sent
        n_told = n_told + n_sent;
        // sent
        const T out = n_sent;
        s_acc = n_acc;
        s_told = n_told;
        s_sent = n_sent;
        return out;
    }
};

}  // namespace neurons_sigma_delta

#endif
