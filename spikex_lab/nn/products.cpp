// Matrix products in single precision: c[m][n] = bias[n] + the sum over k of a[m][k] b[n][k].
//
// A tile of sums stays in registers while it goes along k. What a tile reads of b is laid out in panels
// [k][columns] that stay in cache, and so is a where its steps do not lie one after the other (Goto and
// van de Geijn 2008, doi:10.1145/1356052.1356053). Where a has few rows, a panel would be read too few
// times to be worth its making, and tiles read b as it lies.
//
// Every element of the result is summed by one thread, in an order that the shapes alone decide: the
// number of threads does not change a bit. Vector types of GCC only, no intrinsics: the same text
// compiles for any processor. Compiled with -ffp-contract=fast, sums are fused multiply-adds.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64, kSums = 24;  // of 32 registers
#elif defined(__AVX2__)
constexpr int kBytes = 32, kSums = 12;  // of 16
#else
constexpr int kBytes = 16, kSums = 12;
#endif
constexpr int kLanes = kBytes / sizeof(float);
constexpr int kVectors = 3, kRows = kSums / kVectors;          // of a tile
constexpr int kThinVectors = 2, kTall = kSums / kThinVectors;  // of one where a has few rows
constexpr int kWide = kVectors * kLanes;

constexpr int64_t kThin = 32;                       // rows of a that are few
constexpr int64_t kChunk = 8 * kRows;               // rows of a that a thread takes at a time
constexpr int64_t kStretch = 256;                   // steps of a pass over them: a strip stays in cache
constexpr int64_t kDeep = 1024;                     // steps of a block of b
constexpr int64_t kBlock = 1 << 20;                 // numbers of one: the last cache keeps them
constexpr int64_t kNear = 1024;                     // rows of a that stay in cache, a block's steps of them
constexpr int64_t kSlab = 32, kTogether = 4;        // steps and panels laid out at a time, row by row

typedef float Vec __attribute__((vector_size(kBytes)));
typedef int32_t Places __attribute__((vector_size(kBytes)));
typedef float Loose __attribute__((vector_size(kBytes), aligned(sizeof(float)), may_alias));

Vec load(const float* from) { return *reinterpret_cast<const Loose*>(from); }
void store(float* to, Vec v) { *reinterpret_cast<Loose*>(to) = v; }
int64_t parts(int64_t n, int64_t size) { return (n + size - 1) / size; }

int team_place() {
#ifdef _OPENMP
  return omp_get_thread_num();
#else
  return 0;
#endif
}

struct Matrix {
  const float* first;
  int64_t row, step;  // strides, in numbers

  const float* at(int64_t r, int64_t k) const { return first + r * row + k * step; }
};

// -- panels: [steps][kWidth], 0 where there are no more rows ---------------------------------------------

template <int kHalf>
inline __attribute__((always_inline)) void exchange(Vec* v) {
  Places low, high;
  for (int l = 0; l < kLanes; ++l) {
    low[l] = l & kHalf ? kLanes + l - kHalf : l;
    high[l] = l & kHalf ? kLanes + l : l + kHalf;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i)
    if (!(i & kHalf)) {
      const Vec one = v[i], other = v[i + kHalf];
      v[i] = __builtin_shuffle(one, other, low);
      v[i + kHalf] = __builtin_shuffle(one, other, high);
    }
}

// A square of kLanes rows, `row` apart, to as many columns, `step` apart.
inline void turn(const float* from, int64_t row, float* to, int64_t step) {
  Vec v[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) v[i] = load(from + i * row);
  if constexpr (kLanes > 8) exchange<8>(v);
  if constexpr (kLanes > 4) exchange<4>(v);
  exchange<2>(v);
  exchange<1>(v);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) store(to + i * step, v[i]);
}

template <int kWidth>
void lay_panel(const Matrix& m, int64_t r, int64_t rows, int64_t k, int64_t steps, float* to) {
  int64_t done = 0;
  if (m.step == 1)
    for (; done + kLanes <= rows; done += kLanes) {
      int64_t s = 0;
      for (; s + kLanes <= steps; s += kLanes)
        turn(m.at(r + done, k + s), m.row, to + s * kWidth + done, kWidth);
      for (; s < steps; ++s)
        for (int i = 0; i < kLanes; ++i) to[s * kWidth + done + i] = *m.at(r + done + i, k + s);
    }
  for (int64_t s = 0; s < steps; ++s)
    for (int64_t i = done; i < kWidth; ++i)
      to[s * kWidth + i] = i < rows ? *m.at(r + i, k + s) : 0.0f;
}

// The panels of `rows` rows, `apart` from each other; rows that lie one after the other are read so.
template <int kWidth>
void lay(const Matrix& m, int64_t r, int64_t rows, int64_t k, int64_t steps, float* to,
         int64_t apart) {
  const int64_t whole = m.row == 1 ? rows / kWidth : 0;
  for (int64_t s = 0; s < steps && whole; ++s) {
    const float* from = m.at(r, k + s);
    for (int64_t one = 0; one < whole; ++one)
      std::memcpy(to + one * apart + s * kWidth, from + one * kWidth, kWidth * sizeof(float));
  }
  for (int64_t one = whole; one * kWidth < rows; ++one)
    lay_panel<kWidth>(m, r + one * kWidth, std::min<int64_t>(kWidth, rows - one * kWidth), k, steps,
                      to + one * apart);
}

// -- tiles -----------------------------------------------------------------------------------------------

struct Target {
  float* first;
  int64_t row;
  int64_t columns;
  const float* bias;  // null: none
  bool fresh;         // nothing was added up there yet
};

// R rows of a, whose steps lie one after the other (kAlong) or whose rows do, by V vectors of b.
template <int R, int V, bool kAlong>
void tile(const Matrix& a, const float* b, int64_t b_step, int64_t steps, const Target& c) {
  Vec sum[R][V] = {};
  const float* left = a.first;
  for (int64_t k = 0; k < steps; ++k, left += kAlong ? 1 : a.step, b += b_step) {
    Vec right[V];
#pragma GCC unroll 3
    for (int j = 0; j < V; ++j) right[j] = load(b + j * kLanes);
#pragma GCC unroll 12
    for (int i = 0; i < R; ++i) {
      const Vec one = left[kAlong ? i * a.row : i] - Vec{};  // in every lane
#pragma GCC unroll 3
      for (int j = 0; j < V; ++j) sum[i][j] += one * right[j];
    }
  }
  const bool whole = c.columns == V * kLanes;
  float edge[V * kLanes] = {};
#pragma GCC unroll 12
  for (int i = 0; i < R; ++i) {
    float* place = c.first + i * c.row;
    const float* before = c.fresh ? c.bias : place;
    if (before && !whole) {
      std::memcpy(edge, before, c.columns * sizeof(float));
      before = edge;
    }
#pragma GCC unroll 3
    for (int j = 0; j < V; ++j) {
      const Vec made = before ? load(before + j * kLanes) + sum[i][j] : sum[i][j];
      store((whole ? place : edge) + j * kLanes, made);
    }
    if (!whole) std::memcpy(place, edge, c.columns * sizeof(float));
  }
}

typedef void Tile(const Matrix&, const float*, int64_t, int64_t, const Target&);

template <int V, bool kAlong, int... R>
Tile* tile_of(int64_t rows, std::integer_sequence<int, R...>) {
  static constexpr Tile* tiles[] = {tile<R + 1, V, kAlong>...};
  return tiles[rows - 1];
}

template <int V>
Tile* tile_of(bool along, int64_t rows) {
  constexpr int kMost = V > kThinVectors ? kRows : kTall;
  return along ? tile_of<V, true>(rows, std::make_integer_sequence<int, kRows>())
               : tile_of<V, false>(rows, std::make_integer_sequence<int, kMost>());
}

Tile* tile_of(bool along, int64_t rows, int64_t vectors) {
  static_assert(kVectors == 3, "as many as there are here");
  return vectors == 1   ? tile_of<1>(along, rows)
         : vectors == 2 ? tile_of<2>(along, rows)
                        : tile_of<3>(along, rows);
}

// -- the product -----------------------------------------------------------------------------------------

class Product {
 public:
  Product(const Matrix& a, const Matrix& b, const float* bias, float* c, int64_t m, int64_t n, int64_t k,
          int threads)
      : a_(a), b_(b), bias_(bias), c_(c), m_(m), n_(n), k_(k), threads_(threads) {
    along_ = a.step == 1;
    thin_ = m <= kThin && b.row == 1 && (along_ || a.row == 1);
    direct_ = along_ || thin_;
    tall_ = thin_ && !along_ ? kTall : kRows;
    wide_ = thin_ && !along_ ? kThinVectors * kLanes : kWide;
    deep_ = std::min(std::max<int64_t>(k, 1), kDeep);
    const int64_t panels = std::max<int64_t>(1, parts(n, kWide));
    const bool near = along_ && !thin_ && m <= kNear;
    apart_ = near && panels >= 2 * threads;
    // where what is read is read once, or stays in cache, long reads are the faster ones
    stretch_ = near || (direct_ && n <= kWide) ? deep_ : kStretch;
    panels_ = thin_ ? panels : parts(panels, parts(panels, kBlock / (deep_ * kWide)));
    strips_ = (thin_ ? 1 : apart_ ? threads : panels_) * deep_ * kWide;
  }

  // How many numbers `run` needs to lay out what it lays out.
  int64_t room() const { return strips_ + (direct_ ? 0 : threads_ * kChunk * kStretch); }

  void run(float* room) const {
    if (m_ == 0) return;
#pragma omp parallel num_threads(threads_)
    if (apart_)
      run_apart(room + team_place() * deep_ * kWide);
    else
      run_together(room, room + strips_ + team_place() * kChunk * kStretch);
  }

 private:
  struct Block {  // of b: columns of the result by steps
    int64_t j, columns;
    int64_t lying;  // columns, the first ones, that are read as they lie
    int64_t k, steps;
    float* panels;  // of the others
  };

  // Each thread lays out panels of its own, one after the other, and waits for nobody.
  void run_apart(float* panel) const {
#pragma omp for schedule(dynamic)
    for (int64_t j = 0; j < n_; j += kWide)
      for (int64_t k = 0; k == 0 || k < k_; k += deep_) {
        const Block block{j, std::min<int64_t>(kWide, n_ - j), 0, k, std::min(deep_, k_ - k), panel};
        lay<kWide>(b_, j, block.columns, k, block.steps, panel, 0);
        multiply(block, 0, m_, 0, block.columns, nullptr);
      }
  }

  // All threads lay out one block after the other, and share its rows.
  void run_together(float* panels, float* strips) const {
    for (int64_t j = 0; j < n_; j += panels_ * kWide)
      for (int64_t k = 0; k == 0 || k < k_; k += deep_) {
        const int64_t columns = std::min(panels_ * kWide, n_ - j);
        const int64_t lying = thin_ ? columns / wide_ * wide_ : 0;
        const Block block{j, columns, lying, k, std::min(deep_, k_ - k), panels};
        lay_out(block);
        multiply(block, strips);
      }
  }

  // The team's work, each thread a share: the panels of a block.
  void lay_out(const Block& block) const {
    const int64_t slab = b_.row == 1 ? kSlab : deep_, together = b_.row == 1 ? kTogether : 1;
    const int64_t left = block.columns - block.lying;
    const int64_t across = parts(left, together * kWide);
#pragma omp for schedule(static)
    for (int64_t task = 0; task < across * parts(block.steps, slab); ++task) {
      const int64_t panel = task % across * together, k = task / across * slab;
      const int64_t rows = std::min(together * kWide, left - panel * kWide);
      lay<kWide>(b_, block.j + block.lying + panel * kWide, rows, block.k + k,
                 std::min(slab, block.steps - k), block.panels + (panel * deep_ + k) * kWide,
                 deep_ * kWide);
    }
  }

  // The team's work: chunks of rows by groups of columns, as many as keep every thread busy.
  void multiply(const Block& block, float* strips) const {
    const int64_t chunks = parts(m_, kChunk), high = parts(parts(m_, chunks), kRows) * kRows;
    const int64_t tiles = parts(block.columns, wide_);
    const int64_t groups = std::min(tiles, parts(4 * threads_, chunks));
    const int64_t width = parts(tiles, groups) * wide_;
#pragma omp for schedule(dynamic)
    for (int64_t task = 0; task < chunks * groups; ++task) {
      const int64_t i = task / groups * high, j = task % groups * width;
      multiply(block, i, std::min(high, m_ - i), j, std::min(block.columns, j + width), strips);
    }
  }

  // One chunk of rows by columns from j to `end` of a block.
  void multiply(const Block& block, int64_t i, int64_t rows, int64_t j, int64_t end, float* strips) const {
    for (int64_t k = 0; k == 0 || k < block.steps; k += stretch_)
      multiply(block, i, rows, j, end, k, std::min(stretch_, block.steps - k), strips);
  }

  void multiply(const Block& block, int64_t i, int64_t rows, int64_t j, int64_t end, int64_t k,
                int64_t steps, float* strips) const {
    if (!direct_) lay<kRows>(a_, i, rows, block.k + k, steps, strips, kRows * kStretch);
    const int64_t tall = thin_ ? parts(rows, parts(rows, tall_)) : tall_;
    for (int64_t r = 0; r < rows; r += tall) {
      const Matrix left = direct_ ? Matrix{a_.at(i + r, block.k + k), a_.row, a_.step}
                                  : Matrix{strips + r * kStretch, 1, kRows};
      for (int64_t at = j; at < end; at += wide_) {
        const int64_t columns = std::min(wide_, end - at), column = block.j + at;
        const bool lies = at < block.lying;
        const int64_t panel = (at - block.lying) / kWide;
        const float* right = lies ? b_.at(column, block.k + k)
                                  : block.panels + (panel * deep_ + k) * kWide;
        const float* bias = bias_ ? bias_ + column : nullptr;
        const Target target{c_ + (i + r) * n_ + column, n_, columns, bias, block.k + k == 0};
        Tile* tile = tile_of(along_, std::min(tall, rows - r), parts(columns, kLanes));
        tile(left, right, lies ? b_.step : kWide, steps, target);
      }
    }
  }

  const Matrix a_, b_;
  const float* bias_;
  float* c_;
  int64_t m_, n_, k_;
  int threads_;
  bool along_;   // the steps of a lie one after the other
  bool thin_;    // a has few rows, and neither needs to be laid out
  bool direct_;  // a is read as it lies
  bool apart_;   // a is so small that a panel of b is best read at once, where it was laid out
  int64_t tall_, wide_;    // rows and columns of a tile
  int64_t deep_, panels_;  // steps and panels of a block
  int64_t stretch_;        // steps of a pass
  int64_t strips_;         // where strips of a begin in the room
};

}  // namespace

// shape: m, n, k, and the strides of a and b over rows and steps. Returns how many numbers of room a
// product needs; where room is given, makes it, into c [m][n].
extern "C" int64_t spikex_product(const int64_t* shape, const float* a, const float* b, const float* bias,
                                  float* c, float* room, int32_t threads) {
  const Product product({a, shape[3], shape[4]}, {b, shape[5], shape[6]}, bias, c, shape[0], shape[1],
                        shape[2], threads);
  if (room) product.run(room);
  return product.room();
}
