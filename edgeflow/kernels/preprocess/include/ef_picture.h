/* A raw picture, row by row, to the input of a network: colour, crop or borders, resize, values. All in
 * integers, the same to the bit as edgeflow's Python; docs/preprocessing.md states the arithmetic. */
#ifndef EF_PICTURE_H
#define EF_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Formats of a frame. A row has one byte a pixel (GRAY8), three (RGB888, red first) or two: RGB565
 * little-endian with red in the top bits, YUYV (Y0 U Y1 V, full range of ITU-R BT.601) of an even width. */
#define EF_FRAME_GRAY8 0
#define EF_FRAME_RGB888 1
#define EF_FRAME_RGB565 2
#define EF_FRAME_YUYV 3

/* What the functions return. */
#define EF_PICTURE_MORE 0         /* go on with the next row */
#define EF_PICTURE_DONE 1         /* the network's input is complete; the rows left need not come */
#define EF_PICTURE_BAD_SIZE (-1)  /* a side of 0 or over the limits, or an odd width of YUYV */
#define EF_PICTURE_BAD_FORMAT (-2)
#define EF_PICTURE_BAD_ROW (-3)   /* a row after the frame's last, or before the first begin */

/* Limits of a frame: with them 32 bits hold every sum. */
#define EF_PICTURE_MAX_SIDE 16384u
#define EF_PICTURE_MAX_PIXELS 16777216u

/* Part of a picture in pixels. */
typedef struct {
    uint16_t x;
    uint16_t y;
    uint16_t width;
    uint16_t height;
} ef_picture_rect;

/* Where a picture stands between two rows; begin writes all of it. 48 bytes everywhere. */
typedef struct {
    uint32_t row;        /* rows of the frame that came */
    uint32_t done;       /* rows of the destination that are complete */
    uint32_t filled;     /* area: share of the next row that is summed, of source.height */
    uint32_t x_step;     /* source pixels for a pixel of the destination, in 1/65536 */
    uint32_t y_step;
    uint32_t reciprocal; /* area: of the source's pixels shifted by this to 24 bits, in 1/2^40 */
    uint32_t shift;
    uint16_t frame_height;
    uint16_t format;
    ef_picture_rect source;      /* this part of the frame */
    ef_picture_rect destination; /* goes to this part of the network's input */
} ef_picture;

typedef struct ef_picture_params ef_picture_params;

/* Takes a row of the source (a pointer to the frame's first column) and writes the rows of the destination
 * that it completes as pixels ^ flip; work is params->work_bytes of memory that begin cleared. */
typedef void ef_picture_row_function(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output);

/* What is known when the C is generated. */
struct ef_picture_params {
    uint16_t width; /* of the network's input */
    uint16_t height;
    uint8_t channels;
    uint8_t value_bytes; /* of a value of the network's input: 1, 2 or 4 */
    uint8_t flip;        /* 128 where the value is pixel - 128, without a table */
    uint8_t pad_value;
    uint32_t work_bytes;
    ef_picture_row_function *copy_row; /* for a source of the destination's size */
    ef_picture_row_function *resize_row;
    /* Narrows source or destination; NULL where all of the picture fills all of the input. */
    void (*place)(const ef_picture_params *params, ef_picture *picture);
    /* Fills what lies around the destination with pad_value ^ flip; NULL where nothing does. */
    void (*borders)(const ef_picture_params *params, const ef_picture *picture, uint8_t *output);
    /* Turns the pixels of a row of the input into values; NULL with flip. */
    void (*values)(const ef_picture_params *params, uint8_t *row);
    const void *table;    /* of values, 256 for each channel */
    uint32_t table_count; /* 1 where all channels have the same table, else one for each */
};

/* A whole picture in memory. */
typedef struct {
    const uint8_t *pixels;
    uint32_t width;
    uint32_t height;
    uint32_t stride_bytes; /* from one row to the next */
    int format;
} ef_frame;

/* Start a picture: EF_PICTURE_MORE or an error, after which every row is refused. */
int ef_picture_begin(
    const ef_picture_params *params, ef_picture *picture, void *work, const ef_frame *frame);

/* The next row, from the top; output is the whole input of the network, the same for all rows. */
int ef_picture_row(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, void *output);

/* All rows of a frame: EF_PICTURE_DONE or an error. */
int ef_picture_frame(
    const ef_picture_params *params, ef_picture *picture, void *work, const ef_frame *frame, void *output);

/* Bytes of a row of the network's input. */
static inline uint32_t ef_picture_row_bytes(const ef_picture_params *params)
{
    return (uint32_t)params->width * params->channels * params->value_bytes;
}

/* Where the pixels of row y of the network's input are written: at the end of the values' place, so that
 * wider values may follow them in ascending order. */
static inline uint8_t *ef_picture_pixels(const ef_picture_params *params, uint8_t *output, uint32_t y)
{
    const uint32_t pixels = (uint32_t)params->width * params->channels;
    return output + y * ef_picture_row_bytes(params) + (params->value_bytes - 1u) * pixels;
}

/* Where the destination's next row is written. */
static inline uint8_t *ef_picture_next(
    const ef_picture_params *params, const ef_picture *picture, uint8_t *output)
{
    return ef_picture_pixels(params, output, picture->destination.y + picture->done)
        + (uint32_t)picture->destination.x * params->channels;
}

#ifdef __cplusplus
}
#endif

#endif
