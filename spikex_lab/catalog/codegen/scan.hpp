// What every scan stands on besides vectors: what it is given, rows of memory.

namespace {

// Where there is no room, `failed` says so from then on.
inline Real* room_for(long count, long* failed) {
    const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(Real);
    Real* const room = static_cast<Real*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
    if (room == nullptr) {
#pragma omp atomic write
        *failed = 1;
    }
    return room;
}

// What a kernel is given. Arrays over time are [steps][columns]; a null pointer is not there.
struct Call {
    long steps, columns, tile, threads, stream;
    long surrogate;              // which one, where the kernel has several
    const Real* fixed;           // parameters and constants of the step
    const Real* const* inputs;   // inputs, then random numbers
    const long* strides;         // from step to step: columns, or 0 where it stays the same
    const Real* const* begin;    // states before the first step; then what went out before it, if
                                 // that is brought back: one state more, in all that follows too
    const long* spans;           // 1: one number per column; 0: one for all
    const Real* ends;            // [columns]: steps of each; after them its states stand still
    Real* out;                   // what goes out
    Real* const* kept;           // states after each step
    Real* const* last;           // states after the last step
    const Real* gout;            // gradients of those three
    const Real* const* gkept;
    const Real* const* glast;
    Real* const* ginputs;        // gradients wanted; over time where the input moves
    Real* const* gbegin;
    Real* const* gfixed;         // [columns] each, where wanted; their sums are the gradients
    const Real* weights;         // of what the last step brings back: [tile of sources][wide]
    const Real* turned;          // the same the other way round, for gradients
    const Real* bias;            // [wide]
    Real* gback;                 // gradient of what was brought back, over time
    const Real* others;          // instead of weights: what each hears of a spike of any other
    long* failed;                // set where there was no memory; then nothing else is
};

// What the last step brings back: bias + from @ weights, row by row of the weights [count][wide]:
// what is 0 brings nothing, so the work is that of the spikes there are. `from` is padded like `to`.
// Without weights each hears all others alike; seen backwards, that is the same again.
inline void bring(const Call& call, const Real* weights, const Real* bias, const Real* from,
                  Real* to, long wide) {
    constexpr long block = 8;
    const long count = call.tile;
    if (call.others != nullptr) {
        Real sum = 0;
        for (long j = 0; j < count; ++j) {
            sum += from[j];
        }
        for (long at = 0; at < wide; at += lanes) {
            put(to + at, *call.others * (sum - get(from + at)));
        }
        return;
    }
    long at = 0;
    for (; at + block * lanes <= wide; at += block * lanes) {
        Vector sum[block];
        for (long k = 0; k < block; ++k) {
            sum[k] = bias == nullptr ? Vector{} : get(bias + at + k * lanes);
        }
        for (long j = 0; j < count; ++j) {
            if (from[j] != Real(0)) {
                const Real* row = weights + j * wide + at;
                for (long k = 0; k < block; ++k) {
                    sum[k] += from[j] * get(row + k * lanes);
                }
            }
        }
        for (long k = 0; k < block; ++k) {
            put(to + at + k * lanes, sum[k]);
        }
    }
    for (; at < wide; at += lanes) {
        Vector sum = bias == nullptr ? Vector{} : get(bias + at);
        for (long j = 0; j < count; ++j) {
            if (from[j] != Real(0)) {
                sum += from[j] * get(weights + j * wide + at);
            }
        }
        put(to + at, sum);
    }
}

// The columns that one thread works on at a time.
struct Tile {
    long at, count, padded;
    bool ragged; // not a multiple of a vector: rows go through a buffer

    Tile(const Call& call, long index) : at(index * call.tile) {
        count = call.columns - at < call.tile ? call.columns - at : call.tile;
        padded = (count + lanes - 1) / lanes * lanes;
        ragged = padded != count;
    }
    const Real* read(const Real* row, Real* buffer) const {
        if (!ragged) {
            return row + at;
        }
        std::memcpy(buffer, row + at, count * sizeof(Real));
        for (long i = count; i < padded; ++i) {
            buffer[i] = Real(0);
        }
        return buffer;
    }
    Real* write(Real* row, Real* buffer) const { return ragged ? buffer : row + at; }
    void done(Real* row, const Real* buffer) const {
        if (ragged) {
            std::memcpy(row + at, buffer, count * sizeof(Real));
        }
    }
    void first(Real* state, const Real* from, long span) const {
        for (long i = 0; i < padded; ++i) {
            state[i] = i < count ? from[span ? at + i : 0] : Real(0);
        }
    }
    void start(Real* sum, const Real* from) const {
        for (long i = 0; i < padded; ++i) {
            sum[i] = from != nullptr && i < count ? from[at + i] : Real(0);
        }
    }
    void add(Real* sum, const Real* more) const {
        for (long i = 0; i < padded; ++i) {
            sum[i] += more[i];
        }
    }
    void finish(Real* to, const Real* from) const {
        if (to != nullptr) {
            std::memcpy(to + at, from, count * sizeof(Real));
        }
    }
};

} // namespace
