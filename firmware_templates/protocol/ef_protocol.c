#include "ef_protocol.h"

#include "ef_protocol_text.h"

static const char ef_profile[] = "ULPMark for tinyML Firmware V0.0.1";

static void ef_fail(const ef_protocol *protocol, const char *reason)
{
    ef_write_line(protocol, "e-[", reason, "]");
}

static void ef_timestamp(const ef_protocol *protocol)
{
    ef_write_text(protocol, "m-lap-us-");
    ef_write_number(protocol, protocol->board->microseconds());
    ef_write_text(protocol, "\r\n");
}

static void ef_results(const ef_protocol *protocol)
{
    if (!protocol->has_run) {
        ef_fail(protocol, "No inference has run");
        return;
    }
    ef_write_text(protocol, "m-results-[");
    for (size_t element = 0; element < protocol->model->output_elements; ++element) {
        ef_write_text(protocol, element == 0 ? "" : ",");
        ef_write_real(protocol, protocol->model->real(element));
    }
    ef_write_text(protocol, "]\r\n");
}

static void ef_raw(const ef_protocol *protocol)
{
    if (!protocol->has_run) {
        ef_fail(protocol, "No inference has run");
        return;
    }
    ef_write_text(protocol, "m-raw-[");
    for (size_t place = 0; place < protocol->model->output_bytes; ++place) {
        ef_write_hex(protocol, protocol->model->output(place));
    }
    ef_write_text(protocol, "]\r\n");
}

static int ef_repeat(ef_protocol *protocol, int32_t count)
{
    for (; count > 0; --count) {
        if (protocol->model->infer(protocol->model->buffer) != 0) {
            ef_fail(protocol, "The model refused its arena");
            return 0;
        }
    }
    return 1;
}

static void ef_infer(ef_protocol *protocol, const char *text)
{
    const int32_t count = *text == '\0' ? 1 : ef_read_number(&text);
    const int32_t warmup = *text == '\0' ? 10 : ef_read_number(&text);
    if (count <= 0 || warmup < 0) {
        ef_fail(protocol, count <= 0 ? "Inference iterations must be >0" : "Inference warmup must be >=0");
        return;
    }
    if (protocol->loaded != protocol->model->input_bytes) {
        ef_fail(protocol, "The input is not loaded");
        return;
    }
    protocol->has_run = 0;
    ef_write_text(protocol, "m-warmup-start-");
    ef_write_number(protocol, (uint32_t)warmup);
    if (!ef_repeat(protocol, warmup)) {
        return;
    }
    ef_write_text(protocol, "\r\nm-warmup-done\r\nm-infer-start-");
    ef_write_number(protocol, (uint32_t)count);
    ef_write_text(protocol, "\r\n");
    ef_timestamp(protocol);
    if (!ef_repeat(protocol, count)) {
        return;
    }
    ef_timestamp(protocol);
    ef_write_text(protocol, "m-infer-done\r\n");
    protocol->has_run = 1;
    ef_results(protocol);
}

static void ef_load(ef_protocol *protocol, const char *text)
{
    const int32_t byte_count = ef_read_number(&text);
    protocol->loaded = 0;
    protocol->expected = 0;
    if (byte_count <= 0 || (size_t)byte_count != protocol->model->input_bytes) {
        ef_write_text(protocol, "e-[The input has ");
        ef_write_number(protocol, (uint32_t)protocol->model->input_bytes);
        ef_write_text(protocol, " bytes]\r\n");
        return;
    }
    protocol->expected = (size_t)byte_count;
    ef_write_text(protocol, "m-[Expecting ");
    ef_write_number(protocol, (uint32_t)byte_count);
    ef_write_text(protocol, " bytes]\r\n");
}

static void ef_bytes(ef_protocol *protocol, const char *text)
{
    for (; *text != '\0'; text += 2) {
        const int high = ef_hex_digit(text[0]);
        const int low = high < 0 ? -1 : ef_hex_digit(text[1]);
        if (low < 0) {
            ef_fail(protocol, "Invalid hex digit");
            return;
        }
        if (protocol->loaded >= protocol->expected) {
            ef_fail(protocol, "More bytes than expected");
            return;
        }
        protocol->model->buffer[protocol->loaded++] = (uint8_t)(high * 16 + low);
        if (protocol->loaded == protocol->expected) {
            ef_write_text(protocol, "m-load-done\r\n");
        }
    }
}

static void ef_print(const ef_protocol *protocol)
{
    for (size_t i = 0; i < protocol->loaded; ++i) {
        ef_write_text(protocol, i % 8 == 0 ? "m-buffer-" : "-");
        ef_write_hex(protocol, protocol->model->buffer[i]);
        ef_write_text(protocol, i % 8 == 7 || i + 1 == protocol->loaded ? "\r\n" : "");
    }
}

static void ef_buffer(ef_protocol *protocol, const char *text)
{
    if (ef_read_word(&text, "load")) {
        ef_load(protocol, text);
    } else if (ef_read_word(&text, "print")) {
        ef_print(protocol);
    } else {
        ef_bytes(protocol, text);
    }
}

static void ef_help(const ef_protocol *protocol)
{
    ef_write_line(protocol, "", ef_profile, "\r\n");
    ef_write_text(protocol, "name, profile, help, timestamp\r\n"
                            "db load N, db HEX..., db print: the input's bytes\r\n"
                            "infer N [W=10]: N inferences after W that are not timed\r\n"
                            "results: outputs as real numbers, raw: their bytes\r\n");
}

static void ef_command(ef_protocol *protocol)
{
    const char *text = protocol->command;
    while (*text == ' ' || *text == '\r' || *text == '\n') {
        ++text;
    }
    if (ef_read_word(&text, "name")) {
        ef_write_line(protocol, "m-name-dut-[", protocol->board->name, "]");
    } else if (ef_read_word(&text, "profile")) {
        ef_write_line(protocol, "m-profile-[", ef_profile, "]");
        ef_write_line(protocol, "m-model-[", protocol->model->name, "]");
    } else if (ef_read_word(&text, "help")) {
        ef_help(protocol);
    } else if (ef_read_word(&text, "timestamp")) {
        ef_timestamp(protocol);
    } else if (ef_read_word(&text, "db")) {
        ef_buffer(protocol, text);
    } else if (ef_read_word(&text, "infer")) {
        ef_infer(protocol, text);
    } else if (ef_read_word(&text, "results")) {
        ef_results(protocol);
    } else if (ef_read_word(&text, "raw")) {
        ef_raw(protocol);
    } else {
        ef_fail(protocol, "Unknown command");
    }
    ef_write_text(protocol, "m-ready\r\n");
}

void ef_protocol_begin(ef_protocol *protocol, const ef_protocol_model *model, const ef_protocol_board *board)
{
    *protocol = (ef_protocol){.model = model, .board = board};
    ef_write_text(protocol, "m-init-done\r\nm-ready\r\n");
}

void ef_protocol_take(ef_protocol *protocol, char byte)
{
    if (byte != '%') {
        if (protocol->length <= EF_PROTOCOL_COMMAND_BYTES) {
            protocol->command[protocol->length++] = byte;
        }
        return;
    }
    if (protocol->length > EF_PROTOCOL_COMMAND_BYTES) {
        ef_fail(protocol, "Command too long");
        ef_write_text(protocol, "m-ready\r\n");
    } else {
        protocol->command[protocol->length] = '\0';
        ef_command(protocol);
    }
    protocol->length = 0;
}
