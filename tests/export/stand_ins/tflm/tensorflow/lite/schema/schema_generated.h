// Stand-in: see README.md.
#ifndef TENSORFLOW_LITE_SCHEMA_SCHEMA_GENERATED_H_
#define TENSORFLOW_LITE_SCHEMA_SCHEMA_GENERATED_H_

#include <cstdint>

#define TFLITE_SCHEMA_VERSION (3)

namespace tflite {

class Model {
 public:
  // The first field of the root table.
  uint32_t version() const {
    const uint8_t* const file = reinterpret_cast<const uint8_t*>(this);
    const uint8_t* const root = file + word(file);
    const uint8_t* const fields = root - static_cast<int32_t>(word(root));
    return word(root + fields[4] + (fields[5] << 8));
  }

 private:
  static uint32_t word(const uint8_t* p) {
    return p[0] | static_cast<uint32_t>(p[1]) << 8 | static_cast<uint32_t>(p[2]) << 16 |
           static_cast<uint32_t>(p[3]) << 24;
  }
};

inline const Model* GetModel(const void* buffer) { return static_cast<const Model*>(buffer); }

}  // namespace tflite

#endif
