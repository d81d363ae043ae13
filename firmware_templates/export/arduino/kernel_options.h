/* Arduino compiles libraries for size and lets the compiler contract floating-point operations, which would
 * change the last bit of a result; a library cannot choose options but here. clang knows its own below. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("O2", "fp-contract=off")
#endif

