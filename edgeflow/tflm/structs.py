"""Structs that TFLite Micro puts into its arena, as fields (see ``layout``).

Sources: ``tensorflow/lite/micro`` of github.com/tensorflow/tflite-micro, the header named beside each;
sizes on 64-bit hosts agree with what the Python package ``tflite_micro`` 0.dev20261023 allocates.
Builds with TF_LITE_STATIC_MEMORY, as all of them on microcontrollers are.
"""

from __future__ import annotations

# arena_allocator/single_arena_buffer_allocator.h: two vtable pointers, five positions, check sum, count
SINGLE_ARENA_ALLOCATOR = "pp ppppp p i"
# arena_allocator/recording_single_arena_buffer_allocator.h adds four counters
RECORDING_ARENA_ALLOCATOR = SINGLE_ARENA_ALLOCATOR + " pppp"
# memory_planner/greedy_memory_planner.h: vtable, counts, four working arrays, two list heads, offsets, flag
GREEDY_PLANNER = "p ii pppp ii p b"
# ... per_buffer_size(): requirements, size and id for sorting, list entry, offset; all int
GREEDY_PLANNER_BYTES_PER_BUFFER = 40
# micro_allocator.h: vtable, two allocators, builtin data, planner, flag, request count, head, head usage
MICRO_ALLOCATOR = "p ppp p b p p p"
# recording_micro_allocator.h adds the allocator and eight records of three counters
RECORDING_MICRO_ALLOCATOR = MICRO_ALLOCATOR + " p" + " ppp" * 8
# MicroBuiltinDataAllocator in micro_allocator.cc has a vtable and the allocator
BUILTIN_DATA_ALLOCATOR = "pp"
# micro_allocator.h: nodes, tensors, and the compressed tensors of builds with compression
SUBGRAPH_ALLOCATIONS = "ppp"
# micro_allocator.h: node (inputs, outputs, intermediates, user data, builtin data, custom data and its
# size, of micro_common.h) and registration
NODE_AND_REGISTRATION = "pppppp i p"
# micro_common.h: data, dims, type
EVAL_TENSOR = "pp i"
# micro_common.h: quantization (type, params), scale, zero point, data, dims, bytes, type,
# allocation type, is it a variable
TENSOR = "ip ii p p p i i b"
# micro_common.h: scale, zero point, dimension; the zero points are an array with its size before it
AFFINE_QUANTIZATION = "pp i"
# micro_allocator.h: bytes, node, subgraph; room for twelve more than requested is kept while preparing
SCRATCH_REQUEST = "p ii"
SCRATCH_REQUESTS_PER_NODE = 12
SCRATCH_HANDLE = "p"
# micro_allocation_info.h: bytes, output pointer, first and last use, offline offset, flag
ALLOCATION_INFO = "pp iii b"
# micro_resource_variable.h: the table's object, and per variable five words
RESOURCE_VARIABLES = "pp"
RESOURCE_VARIABLE = "ppppp"
