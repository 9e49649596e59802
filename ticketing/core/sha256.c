#include "ticketing/core/sha256.h"

#include <string.h>

#define BLOCK_BYTES 64
#define LENGTH_BYTES 8
#define WORDS 8

struct PnSha256 {
  GChecksum *portable; /* NULL where the processor does the work, and then: */
  guint32 state[WORDS];
  guint8 block[BLOCK_BYTES]; /* the bytes that do not fill a block yet */
  guint64 size_bytes;        /* so far */
};

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define ROUNDS 64
#define ROUNDS_A_STEP 4
#define STEPS (ROUNDS / ROUNDS_A_STEP)
#define LEAF_FEATURES 7
#define BYTES_REVERSED 0x0c0d0e0f08090a0b, 0x0405060700010203 /* in each word */

static const guint32 constants[ROUNDS] __attribute__ ((aligned (16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static gboolean
is_fast (void)
{
  static gsize answer = 0; /* 1: no, 2: yes */

  if (g_once_init_enter (&answer)) {
    guint a, b, c, d;
    gboolean is_known = __get_cpuid (1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1)
                        && __get_cpuid_count (LEAF_FEATURES, 0, &a, &b, &c, &d) && (b & bit_SHA);

    g_once_init_leave (&answer, is_known ? 2 : 1);
  }
  return answer == 2;
}

/* The state lies in two registers as the instructions want it: words A B E F and C D G H, from the highest. */
__attribute__ ((target ("sha,ssse3,sse4.1"))) static void
add_blocks (guint32 state[WORDS], const guint8 *bytes, gsize n)
{
  const __m128i reversed = _mm_set_epi64x (BYTES_REVERSED);
  __m128i low = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) state), 0xb1);
  __m128i high = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) (state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8 (low, high, 8);
  __m128i cdgh = _mm_blend_epi16 (high, low, 0xf0);

  for (; n > 0; n--, bytes += BLOCK_BYTES) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    __m128i w[4];

#pragma GCC unroll 16
    for (guint i = 0; i < STEPS; i++) {
      __m128i *now = &w[i % 4];
      __m128i sum;

      if (i < 4)
        *now = _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i *) bytes + i), reversed);
      else
        *now = _mm_sha256msg2_epu32 (
            _mm_add_epi32 (_mm_sha256msg1_epu32 (*now, w[(i + 1) % 4]),
                           _mm_alignr_epi8 (w[(i + 3) % 4], w[(i + 2) % 4], 4)),
            w[(i + 3) % 4]);
      sum = _mm_add_epi32 (*now, _mm_load_si128 ((const __m128i *) constants + i));
      cdgh = _mm_sha256rnds2_epu32 (cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32 (abef, cdgh, _mm_shuffle_epi32 (sum, 0x0e));
    }
    abef = _mm_add_epi32 (abef, abef_before);
    cdgh = _mm_add_epi32 (cdgh, cdgh_before);
  }
  low = _mm_shuffle_epi32 (abef, 0x1b);
  high = _mm_shuffle_epi32 (cdgh, 0xb1);
  _mm_storeu_si128 ((__m128i *) state, _mm_blend_epi16 (low, high, 0xf0));
  _mm_storeu_si128 ((__m128i *) (state + 4), _mm_alignr_epi8 (high, low, 8));
}

#else

static gboolean
is_fast (void)
{
  return FALSE;
}

static void
add_blocks (guint32 state[WORDS], const guint8 *bytes, gsize n)
{
  g_assert_not_reached ();
}

#endif

PnSha256 *
pn_sha256_new (void)
{
  static const guint32 first[WORDS] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
  PnSha256 *sum = g_new0 (PnSha256, 1);

  memcpy (sum->state, first, sizeof first);
  sum->portable = is_fast () ? NULL : g_checksum_new (G_CHECKSUM_SHA256);
  return sum;
}

static void
add_portably (GChecksum *sum, const guint8 *bytes, gsize size)
{
  while (size > 0) { /* GLib counts in gssize */
    gsize n = MIN (size, (gsize) G_MAXSSIZE);

    g_checksum_update (sum, bytes, (gssize) n);
    bytes += n;
    size -= n;
  }
}

void
pn_sha256_add (PnSha256 *sum, const void *bytes, gsize size_bytes)
{
  const guint8 *at = bytes;
  gsize held = (gsize) (sum->size_bytes % BLOCK_BYTES);
  gsize n;

  if (size_bytes == 0)
    return;
  if (sum->portable != NULL) {
    add_portably (sum->portable, at, size_bytes);
    return;
  }
  sum->size_bytes += size_bytes;
  if (held > 0) {
    n = MIN (BLOCK_BYTES - held, size_bytes);
    memcpy (sum->block + held, at, n);
    at += n;
    size_bytes -= n;
    if (held + n < BLOCK_BYTES)
      return;
    add_blocks (sum->state, sum->block, 1);
  }
  n = size_bytes / BLOCK_BYTES;
  if (n > 0)
    add_blocks (sum->state, at, n);
  memcpy (sum->block, at + n * BLOCK_BYTES, size_bytes % BLOCK_BYTES);
}

/* Adds the end: a one, zeros, and how many bits there were. */
static void
pad (PnSha256 *sum)
{
  static const guint8 filling[BLOCK_BYTES] = { 0x80 };
  const guint64 bits = GUINT64_TO_BE (sum->size_bytes * 8);
  const gsize held = (gsize) (sum->size_bytes % BLOCK_BYTES);
  const gsize room = BLOCK_BYTES - LENGTH_BYTES;

  pn_sha256_add (sum, filling, held < room ? room - held : BLOCK_BYTES + room - held);
  pn_sha256_add (sum, &bits, sizeof bits);
}

char *
pn_sha256_end (PnSha256 *sum)
{
  char *hex;

  if (sum->portable != NULL) {
    hex = g_strdup (g_checksum_get_string (sum->portable));
    g_checksum_free (sum->portable);
  } else {
    static const char digits[] = "0123456789abcdef";

    pad (sum);
    hex = g_malloc (PN_SHA256_HEX_BYTES + 1);
    for (gsize i = 0; i < PN_SHA256_HEX_BYTES; i++)
      hex[i] = digits[(sum->state[i / 8] >> (28 - 4 * (i % 8))) & 15];
    hex[PN_SHA256_HEX_BYTES] = '\0';
  }
  g_free (sum);
  return hex;
}

char *
pn_sha256_of (GBytes *bytes)
{
  PnSha256 *sum = pn_sha256_new ();
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  pn_sha256_add (sum, data, size);
  return pn_sha256_end (sum);
}
