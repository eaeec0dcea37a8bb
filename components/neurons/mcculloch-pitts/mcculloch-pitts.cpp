// Rendered from components/neurons/mcculloch-pitts/component.yaml by `spikex components render`: edit that file, not this.
//
// McCulloch-Pitts unit (neurons/mcculloch-pitts), version 1.0.0, licence BSD-3-Clause
// The first formal neuron: it fires when enough of its inputs do, unless an inhibitory one
//   forbids it.
//
// Papers:
// - McCulloch W.S., Pitts W. (1943). A logical calculus of the ideas immanent in nervous
//   activity, doi:10.1007/BF02478259
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_NEURONS_MCCULLOCH_PITTS
#define SPIKEX_NEURONS_MCCULLOCH_PITTS

#include <cmath>

namespace neurons_mcculloch_pitts {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // How many active inputs (or how large a weighted sum) it takes to fire; above 0
    T p_theta = T(1.0);

    // or: Any of its inputs is enough.
    static Parameters preset_or() {
        Parameters made;
        made.p_theta = T(1.0);
        return made;
    }

    // and: Both of two inputs are needed.
    static Parameters preset_and() {
        Parameters made;
        made.p_theta = T(2.0);
        return made;
    }
};

// One time step.
//   spike where x*(1 - step(veto)) >= theta
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(1.0);

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
    }

    // One step: returns 1 where it fires, else 0.
    // x_x: Number of active inputs, or their weighted sum
    // x_veto: Inhibition: where it is above 0 the unit does not fire, whatever else it hears
    T step(T x_x, T x_veto = T(0.0)) {
        // x*(1 - step(veto)) >= theta
        const T spike = x_x * (T(1) - (x_veto > T(0) ? T(1) : T(0))) - p_theta >= T(0) ? T(1) : T(0);
        return spike;
    }
};

}  // namespace neurons_mcculloch_pitts

#endif
