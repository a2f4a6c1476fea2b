/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables: no index leaves its table, and four indices and an offset are the whole address. */
#include <arch/x86_64/paging.h>

/*@ assigns \nothing; ensures \result <==> (e.raw & 1) != 0; */
static inline bool pte_present(pte_t e);

/*@ assigns \nothing; ensures \result <==> (e.raw & 128) != 0; */
static inline bool pte_is_leaf(pte_t e);

/*@ assigns \nothing; ensures \result == ((address >> 39) & 511); */
static inline word_t pml4_index(word_t address);

/*@ assigns \nothing; ensures \result == ((address >> 30) & 511); */
static inline word_t pdpt_index(word_t address);

/*@ assigns \nothing; ensures \result == ((address >> 21) & 511); */
static inline word_t pd_index(word_t address);

/*@ assigns \nothing; ensures \result == ((address >> 12) & 511); */
static inline word_t pt_index(word_t address);

/* theorem indices_in_bounds:
   pml4_index(a) < 512 && pdpt_index(a) < 512 && pd_index(a) < 512 && pt_index(a) < 512 */
/* theorem user_addresses_stay_below_the_kernel: a < 0x7fffffffffff ==> pml4_index(a) < 256 */
/* theorem indices_are_the_address: a < 0x1000000000000 ==>
   ((pml4_index(a) * 512 + pdpt_index(a)) * 512 + pd_index(a)) * 512 + pt_index(a) == a / 4096 */
