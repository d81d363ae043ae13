// Stand-in: see README.md. It runs the generated C that `stand_in_model` brings.
#ifndef TENSORFLOW_LITE_MICRO_MICRO_INTERPRETER_H_
#define TENSORFLOW_LITE_MICRO_MICRO_INTERPRETER_H_

#include <cstddef>
#include <cstdint>

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" {
void* stand_in_input(size_t index, size_t* byte_count);
void* stand_in_output(size_t index, size_t* byte_count);
int stand_in_invoke(void);
int stand_in_reset(void);
}

namespace tflite {

class MicroInterpreter {
 public:
  MicroInterpreter(const Model* model, const MicroOpResolver& op_resolver, uint8_t* tensor_arena,
                   size_t tensor_arena_size)
      : model_(model), resolver_(op_resolver), arena_(tensor_arena), arena_size_(tensor_arena_size) {}

  TfLiteStatus AllocateTensors() {
    const bool is_aligned = (reinterpret_cast<uintptr_t>(model_) | reinterpret_cast<uintptr_t>(arena_)) % 16 == 0;
    return is_aligned && arena_size_ > 0 && resolver_.is_full() ? kTfLiteOk : kTfLiteError;
  }
  TfLiteStatus Invoke() { return stand_in_invoke() == 0 ? kTfLiteOk : kTfLiteError; }
  TfLiteStatus Reset() { return stand_in_reset() == 0 ? kTfLiteOk : kTfLiteError; }
  TfLiteTensor* input(size_t index) { return fill(stand_in_input(index, &tensor_.bytes)); }
  TfLiteTensor* output(size_t index) { return fill(stand_in_output(index, &tensor_.bytes)); }

 private:
  TfLiteTensor* fill(void* data) {
    tensor_.data.data = data;
    return &tensor_;
  }

  const Model* model_;
  const MicroOpResolver& resolver_;
  uint8_t* arena_;
  size_t arena_size_;
  TfLiteTensor tensor_{};
};

}  // namespace tflite

#endif
