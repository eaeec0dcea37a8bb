// Event-driven linear and convolution: gather-add of weight rows over lists of events.
//
// One loop serves every direction. Items hold channels over a plane; each place of an item's output is
// the sum, over the events that its field of weights sees, of one row of weights [outputs]:
//   forward         items = samples,  channels = inputs,   weights = the layer's
//   input gradient  items = samples,  channels = outputs,  weights = the layer's, mirrored
//   weight gradient items = inputs,   channels = samples,  weights = the gradient that arrives
// A linear layer is a plane of one place. See events/directions.py for the geometry of each.
//
// Every element of the result is summed by one thread, in the order of its list: block of channels, row
// and column of the field, channel. Neither the number of threads nor the width of vectors changes a bit.
// Vector types of GCC and clang only, no intrinsics: the same text compiles for any processor.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
constexpr int kWide = 8;  // vectors of one tile of outputs: as many sums in registers

template <class T>
struct Vector {
  typedef T type __attribute__((vector_size(kBytes)));
  typedef T loose __attribute__((vector_size(kBytes), aligned(sizeof(T)), may_alias));
  static constexpr int lanes = kBytes / static_cast<int>(sizeof(T));
};

struct Geometry {  // in the order of events/native.py
  int64_t items, channels, height, width, outputs;
  int64_t kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  int64_t out_h, out_w;
  int64_t block;  // channels whose weights are kept in cache together

  int64_t blocks() const { return (channels + block - 1) / block; }
  int64_t within(int64_t b) const { return std::min(block, channels - b * block); }
  // First of the width + 1 starts of one row of one item, for one block of channels.
  int64_t row(int64_t item, int64_t y, int64_t b) const {
    return ((item * height + y) * blocks() + b) * (width + 1);
  }
};

struct Strides {  // of x, in elements
  int64_t item, channel, y, x;
};

int team_place() {
#ifdef _OPENMP
  return omp_get_thread_num();
#else
  return 0;
#endif
}

// Lists of events, one region of `room` entries per thread. An entry of a row holds x * channels of the
// block + channel. Counting stops as soon as there are more than `limit`: a property of the data alone.
template <class T>
struct Lists {
  int64_t* start;
  int32_t* index;
  T* value;
};

template <class T>
int64_t append(const T* from, int64_t stride, int64_t count, int32_t base, int32_t* index, T* value,
               bool& plain) {
  int64_t n = 0;
  if (stride == 1)
    for (int64_t c = 0; c < count; ++c) {
      index[n] = base + static_cast<int32_t>(c);
      n += from[c] != T(0);
    }
  else
    for (int64_t c = 0; c < count; ++c) {
      index[n] = base + static_cast<int32_t>(c);
      n += from[c * stride] != T(0);
    }
  bool ones = true;
  for (int64_t e = 0; e < n; ++e) {
    const T v = from[(index[e] - base) * stride];
    value[e] = v;
    ones &= v == T(1);
  }
  plain &= ones;
  return n;
}

// Lists for items that lie one after the other in memory.
template <class T>
int64_t find_rows(const T* x, const Strides& s, const Geometry& g, int64_t limit, int64_t room,
                  Lists<T> lists, int32_t* ones, int threads) {
  std::atomic<int64_t> total{0};
  std::atomic<bool> plain{true};
#pragma omp parallel num_threads(threads)
  {
    int64_t at = team_place() * room;
    bool mine = true;
#pragma omp for schedule(static)
    for (int64_t item = 0; item < g.items; ++item) {
      if (total.load(std::memory_order_relaxed) > limit) continue;
      const int64_t before = at;
      for (int64_t y = 0; y < g.height; ++y)
        for (int64_t b = 0; b < g.blocks(); ++b) {
          int64_t* start = lists.start + g.row(item, y, b);
          const int64_t channels = g.within(b);
          for (int64_t place = 0; place < g.width; ++place) {
            start[place] = at;
            const T* from = x + item * s.item + b * g.block * s.channel + y * s.y + place * s.x;
            at += append(from, s.channel, channels, static_cast<int32_t>(place * channels),
                         lists.index + at, lists.value + at, mine);
          }
          start[g.width] = at;
        }
      total.fetch_add(at - before, std::memory_order_relaxed);
    }
    if (!mine) plain.store(false, std::memory_order_relaxed);
  }
  *ones = plain.load();
  return total.load() > limit ? -1 : total.load();
}

// Whether a quarter of the samples alone has more than `limit` events: to count them takes a fraction of
// what it takes to list them.
template <class T>
bool crowded(const T* x, const Strides& s, const Geometry& g, int64_t limit, int threads) {
  std::atomic<int64_t> total{0};
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int64_t i = 0; i < g.channels / 4; ++i) {
    if (total.load(std::memory_order_relaxed) > limit) continue;
    int64_t n = 0;
    for (int64_t y = 0; y < g.height; ++y)
      for (int64_t place = 0; place < g.width; ++place) {
        const T* from = x + i * s.channel + y * s.y + place * s.x;
        if (s.item == 1)
          for (int64_t item = 0; item < g.items; ++item) n += from[item] != T(0);
        else
          for (int64_t item = 0; item < g.items; ++item) n += from[item * s.item] != T(0);
      }
    total.fetch_add(n, std::memory_order_relaxed);
  }
  return total.load() > limit;
}

// Lists for items that lie across memory (inputs as items, samples as channels): the samples of a block
// are read in memory's order, their events sorted by item and place afterwards.
template <class T>
int64_t find_columns(const T* x, const Strides& s, const Geometry& g, int64_t limit, int64_t room,
                     Lists<T> lists, int32_t* ones, int threads) {
  if (crowded(x, s, g, limit, threads)) return -1;
  std::atomic<int64_t> total{0};
  std::atomic<bool> plain{true};
  const int64_t places = g.height * g.width;
#pragma omp parallel num_threads(threads)
  {
    int64_t at = team_place() * room;
    bool mine = true;
    std::vector<int64_t> next;
    std::vector<int32_t> found, sample;
    std::vector<T> held;
#pragma omp for schedule(dynamic, 1)
    for (int64_t b = 0; b < g.blocks(); ++b) {
      if (total.load(std::memory_order_relaxed) > limit) continue;
      const int64_t samples = g.within(b);
      next.assign(g.items * places + 1, 0);
      sample.assign(samples + 1, 0);
      int64_t n = 0;
      bool enough = true;
      for (int64_t i = 0; i < samples && enough; ++i) {
        if (static_cast<int64_t>(found.size()) < n + g.items * places + 1) {
          found.resize(2 * (n + g.items * places + 1));
          held.resize(found.size());
        }
        const int64_t before = n;
        for (int64_t y = 0; y < g.height; ++y)
          for (int64_t place = 0; place < g.width; ++place) {
            const T* from = x + (b * g.block + i) * s.channel + y * s.y + place * s.x;
            const int64_t first = n;
            n += append(from, s.item, g.items, 0, found.data() + n, held.data() + n, mine);
            for (int64_t e = first; e < n; ++e) {
              const int64_t key = found[e] * places + y * g.width + place;
              found[e] = static_cast<int32_t>(key);
              ++next[key + 1];
            }
          }
        sample[i + 1] = static_cast<int32_t>(n);
        enough = total.fetch_add(n - before, std::memory_order_relaxed) + n - before <= limit;
      }
      if (!enough) continue;
      next[0] = at;
      for (int64_t key = 0; key < g.items * places; ++key) next[key + 1] += next[key];
      for (int64_t item = 0; item < g.items; ++item)
        for (int64_t y = 0; y < g.height; ++y)
          std::copy_n(next.data() + item * places + y * g.width, g.width + 1,
                      lists.start + g.row(item, y, b));
      for (int64_t i = 0; i < samples; ++i)
        for (int64_t e = sample[i]; e < sample[i + 1]; ++e) {
          const int64_t to = next[found[e]]++;
          lists.index[to] = static_cast<int32_t>(found[e] % g.width * samples + i);
          lists.value[to] = held[e];
        }
      at += n;
    }
    if (!mine) plain.store(false, std::memory_order_relaxed);
  }
  *ones = plain.load();
  return total.load() > limit ? -1 : total.load();
}

template <class T>
struct Weights {
  const T* data;
  int64_t channel, y, x, output;  // strides in elements; those over the field may be negative
};

// One block of channels of one tile of outputs: rows [kernel_h, kernel_w, channels] of `wide` outputs, 0
// beyond the last. Returns whether all of it is finite: 0 times anything else is not 0.
template <class T>
bool pack(const Weights<T>& w, const Geometry& g, int64_t b, int64_t first, int64_t valid, int64_t wide,
          T* slab) {
  constexpr int64_t kRun = 64;  // channels: so many lines of the slab stay in the first cache
  const int64_t channels = g.within(b);
  for (int64_t ky = 0; ky < g.kernel_h; ++ky)
    for (int64_t kx = 0; kx < g.kernel_w; ++kx) {
      const T* from =
          w.data + b * g.block * w.channel + ky * w.y + kx * w.x + first * w.output;
      T* to = slab + (ky * g.kernel_w + kx) * channels * wide;
      if (w.output == 1) {
        for (int64_t c = 0; c < channels; ++c) {
          std::memcpy(to + c * wide, from + c * w.channel, valid * sizeof(T));
          std::fill(to + c * wide + valid, to + (c + 1) * wide, T(0));
        }
        continue;
      }
      if (valid < wide) std::fill(to, to + channels * wide, T(0));
      for (int64_t c0 = 0; c0 < channels; c0 += kRun)
        for (int64_t j = 0; j < valid; ++j)
          for (int64_t c = c0; c < std::min(c0 + kRun, channels); ++c)
            to[c * wide + j] = from[c * w.channel + j * w.output];
    }
  int64_t odd = 0;
  const int64_t all = g.kernel_h * g.kernel_w * channels * wide;
  for (int64_t e = 0; e < all; ++e) odd += slab[e] - slab[e] != T(0);
  return odd == 0;
}

template <class T, int N, bool kOnes>
inline void gather(typename Vector<T>::type (&sum)[N], const T* rows, const int32_t* index,
                   const T* value, int64_t count) {
  using V = typename Vector<T>::type;
  constexpr int lanes = Vector<T>::lanes;
  for (int64_t e = 0; e < count; ++e) {
    const T* row = rows + static_cast<int64_t>(index[e]) * (N * lanes);
    for (int j = 0; j < N; ++j) {
      const V weight = *reinterpret_cast<const V*>(row + j * lanes);
      if (kOnes)
        sum[j] += weight;
      else
        sum[j] += value[e] * weight;
    }
  }
}

template <class T>
struct Seen {  // room for the events of one field
  int32_t* index;
  T* value;
};

// The events that the field of weights sees from (top, left), as one list of rows of weights. Copied in
// eights, beyond the end of what is wanted: the lists are short, and a branch for each end is dear.
constexpr int kCopied = 8;

template <class T, bool kOnes>
int64_t collect(const Geometry& g, int64_t b, const Lists<T>& lists, int64_t item, int64_t top,
                int64_t left, int32_t* index, T* value) {
  const int64_t channels = g.within(b);
  int64_t n = 0;
  const auto take = [&](int64_t from, int64_t to, int64_t shift) {
    for (int64_t e = from; e < to; e += kCopied) {
      for (int j = 0; j < kCopied; ++j)
        index[n + e - from + j] = static_cast<int32_t>(static_cast<uint32_t>(lists.index[e + j]) +
                                                       static_cast<uint32_t>(shift));
      if (!kOnes) std::copy_n(lists.value + e, kCopied, value + n + e - from);
    }
    n += to - from;
  };
  for (int64_t ky = 0; ky < g.kernel_h; ++ky) {
    const int64_t y = top + ky * g.dilation_h;
    if (y < 0 || y >= g.height) continue;
    const int64_t* start = lists.start + g.row(item, y, b);
    if (g.dilation_w == 1) {
      const int64_t x0 = std::max<int64_t>(left, 0), x1 = std::min(left + g.kernel_w, g.width);
      if (x0 < x1) take(start[x0], start[x1], (ky * g.kernel_w - left) * channels);
    } else {
      for (int64_t kx = 0; kx < g.kernel_w; ++kx) {
        const int64_t x = left + kx * g.dilation_w;
        if (x >= 0 && x < g.width)
          take(start[x], start[x + 1], (ky * g.kernel_w + kx - x) * channels);
      }
    }
  }
  return n;
}

template <class T, int N, bool kOnes>
void add_block(const Geometry& g, int64_t b, const Lists<T>& lists, const Seen<T>& field, const T* slab,
               const T* bias, T* out, int64_t valid, int64_t from, int64_t to) {
  using V = typename Vector<T>::type;
  using Loose = typename Vector<T>::loose;
  constexpr int lanes = Vector<T>::lanes;
  constexpr int64_t wide = N * lanes;
  const bool whole = valid == wide;
  const bool linear = g.height * g.width * g.out_h * g.out_w == 1;
  alignas(kBytes) T edge[wide] = {};
  for (int64_t item = from; item < to; ++item)
    for (int64_t oy = 0; oy < g.out_h; ++oy)
      for (int64_t ox = 0; ox < g.out_w; ++ox) {
        T* place = out + ((item * g.out_h + oy) * g.out_w + ox) * g.outputs;
        V sum[N];
        const T* first = b ? place : bias;
        if (first && !whole) {
          std::memcpy(edge, first, valid * sizeof(T));
          first = edge;
        }
        for (int j = 0; j < N; ++j)
          sum[j] = first ? V(*reinterpret_cast<const Loose*>(first + j * lanes)) : V{};
        const int64_t left = ox * g.stride_w - g.pad_w;
        if (linear) {
          const int64_t* start = lists.start + g.row(item, 0, b);
          gather<T, N, kOnes>(sum, slab, lists.index + *start, lists.value + *start,
                              start[1] - start[0]);
        } else {
          const int64_t seen = collect<T, kOnes>(g, b, lists, item, oy * g.stride_h - g.pad_h, left,
                                                 field.index, field.value);
          gather<T, N, kOnes>(sum, slab, field.index, field.value, seen);
        }
        if (whole) {
          for (int j = 0; j < N; ++j) *reinterpret_cast<Loose*>(place + j * lanes) = sum[j];
        } else {
          std::memcpy(edge, sum, sizeof(edge));
          std::memcpy(place, edge, valid * sizeof(T));
        }
      }
}

template <class T, int N>
void add_block(const Geometry& g, int64_t b, const Lists<T>& lists, bool ones, const Seen<T>& field,
               const T* slab, const T* bias, T* out, int64_t valid, int64_t from, int64_t to) {
  if (ones)
    add_block<T, N, true>(g, b, lists, field, slab, bias, out, valid, from, to);
  else
    add_block<T, N, false>(g, b, lists, field, slab, bias, out, valid, from, to);
}

template <class T>
class Slab {  // one thread's packed weights, aligned to a vector; kept for the next call
 public:
  T* of(int64_t size) {
    if (static_cast<int64_t>(held_.size()) < size + kBytes) held_.resize(size + kBytes);
    void* at = held_.data();
    std::size_t room = held_.size() * sizeof(T);
    return static_cast<T*>(std::align(kBytes, size * sizeof(T), at, room));
  }

 private:
  std::vector<T> held_;
};

template <class T>
int apply(const Geometry& g, const Lists<T>& lists, bool ones, const Weights<T>& w, const T* bias,
          T* out, int threads) {
  constexpr int lanes = Vector<T>::lanes;
  constexpr int64_t tile = kWide * lanes;
  const int64_t tiles = (g.outputs + tile - 1) / tile;
  // Enough pieces for every thread, each as large as can be: a piece packs its own weights.
  const int64_t parts = threads == 1 ? 1 : std::max<int64_t>(1, (4 * threads + tiles - 1) / tiles);
  const int64_t chunk = std::max<int64_t>(1, (g.items + parts - 1) / parts);
  const int64_t chunks = (g.items + chunk - 1) / chunk;
  std::atomic<bool> finite{true};
#pragma omp parallel num_threads(threads)
  {
    static thread_local Slab<T> kept;
    const int64_t rows = g.kernel_h * g.kernel_w * std::min(g.block, g.channels);
    T* slab = kept.of(rows * tile);
    std::vector<int32_t> index(rows + kCopied);
    std::vector<T> value(ones ? 0 : rows + kCopied);
    const Seen<T> field{index.data(), value.data()};
#pragma omp for schedule(dynamic, 1)
    for (int64_t piece = 0; piece < tiles * chunks; ++piece) {
      const int64_t first = piece / chunks * tile, from = piece % chunks * chunk;
      const int64_t to = std::min(from + chunk, g.items);
      const int64_t valid = std::min(tile, g.outputs - first);
      const int64_t vectors = (valid + lanes - 1) / lanes;
      const T* add = bias ? bias + first : nullptr;
      T* target = out + first;
      for (int64_t b = 0; b < g.blocks() && finite.load(std::memory_order_relaxed); ++b) {
        if (!pack(w, g, b, first, valid, vectors * lanes, slab)) {
          finite.store(false, std::memory_order_relaxed);
          break;
        }
        switch (vectors) {
          case 1: add_block<T, 1>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          case 2: add_block<T, 2>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          case 3: add_block<T, 3>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          case 4: add_block<T, 4>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          case 5: add_block<T, 5>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          case 6: add_block<T, 6>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          case 7: add_block<T, 7>(g, b, lists, ones, field, slab, add, target, valid, from, to); break;
          default: add_block<T, 8>(g, b, lists, ones, field, slab, add, target, valid, from, to);
        }
      }
    }
  }
  return finite.load();
}

// [count, rows, columns] to [count, columns, rows]: whole lines of cache are read, long runs written.
template <class T>
void turn(const T* from, T* to, int64_t count, int64_t rows, int64_t columns, int threads) {
  constexpr int64_t kRun = 128, kLine = 64 / sizeof(T);
  const int64_t down = (rows + kRun - 1) / kRun;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int64_t piece = 0; piece < count * down; ++piece) {
    const int64_t one = piece / down, r0 = piece % down * kRun;
    const T* source = from + one * rows * columns;
    T* target = to + one * rows * columns;
    const int64_t high = std::min(kRun, rows - r0);
    T held[kLine][kRun];
    for (int64_t c0 = 0; c0 < columns; c0 += kLine) {
      const int64_t wide = std::min(kLine, columns - c0);
      for (int64_t r = 0; r < high; ++r)
        for (int64_t c = 0; c < wide; ++c) held[c][r] = source[(r0 + r) * columns + c0 + c];
      for (int64_t c = 0; c < wide; ++c)
        std::copy_n(held[c], high, target + (c0 + c) * rows + r0);
    }
  }
}

Geometry geometry(const int64_t* g) {
  Geometry made;
  static_assert(sizeof(made) == 16 * sizeof(int64_t), "sixteen numbers");
  std::memcpy(&made, g, sizeof(made));
  return made;
}

}  // namespace

// find: returns the number of events, -1 where there are more than `limit`; `ones` says whether all are 1.
// apply: returns 0 where a weight is not finite (the result is then not to be used), else 1.
#define SPIKEX_EVENTS(NAME, T)                                                                        \
  extern "C" int64_t spikex_events_find_##NAME(                                                       \
      const T* x, const int64_t* strides, const int64_t* shape, int32_t across, int64_t limit,        \
      int64_t room, int64_t* start, int32_t* index, T* value, int32_t* ones, int32_t threads) {       \
    const Strides s{strides[0], strides[1], strides[2], strides[3]};                                  \
    const Lists<T> lists{start, index, value};                                                        \
    return (across ? find_columns<T> : find_rows<T>)(x, s, geometry(shape), limit, room, lists, ones, \
                                                     threads);                                        \
  }                                                                                                   \
  extern "C" int32_t spikex_events_apply_##NAME(                                                      \
      const int64_t* shape, int64_t* start, int32_t* index, T* value, int32_t ones, const T* weights, \
      const int64_t* strides, const T* bias, T* out, int32_t threads) {                               \
    const Weights<T> w{weights, strides[0], strides[1], strides[2], strides[3]};                      \
    return apply<T>(geometry(shape), Lists<T>{start, index, value}, ones, w, bias, out, threads);     \
  }                                                                                                   \
  extern "C" void spikex_events_turn_##NAME(const T* from, T* to, int64_t count, int64_t rows,        \
                                            int64_t columns, int32_t threads) {                       \
    turn<T>(from, to, count, rows, columns, threads);                                                 \
  }

SPIKEX_EVENTS(f32, float)
SPIKEX_EVENTS(f64, double)
