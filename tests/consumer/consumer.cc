// The same as consumer.c, the way a C++ program would write it: owners and lambdas.
#include <packread.h>
#include <smmap.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

template <typename T, void (*release)(T *)> struct Releaser {
    void operator()(T *object) const { release(object); }
};
template <typename T, void (*release)(T *)>
using Owner = std::unique_ptr<T, Releaser<T, release>>;

static void check(int code, const char *text)
{
    if (code != 0)
        throw std::runtime_error(text);
}

static void list(packread_snapshot *snapshot)
{
    packread_reader *raw = nullptr;
    packread_error error;
    check(packread_reader_new(snapshot, &raw, &error), error.text);
    Owner<packread_reader, packread_reader_free> reader(raw);

    packread_list_options options{};
    options.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE;
    packread_list_visitor *print = [](void *, const packread_info *info,
                                      const packread_error *failure) {
        if (failure)
            return 1;
        char hex[PACKREAD_HEX_MAX + 1];
        packread_id_format(&info->id, hex);
        std::cout << hex << ' ' << packread_type_name(info->type) << ' ' << info->size << '\n';
        return 0;
    };
    check(packread_reader_list(reader.get(), &options, print, nullptr, &error), error.text);
}

static void look(const char *path)
{
    smmap_options options{};
    smmap_manager *manager = nullptr;
    check(smmap_manager_new(&options, &manager), "no manager");
    Owner<smmap_manager, smmap_manager_free> manager_owner(manager);

    smmap_cursor *raw = nullptr;
    smmap_error error;
    check(smmap_cursor_open_path(manager, path, &raw, &error), error.file);
    Owner<smmap_cursor, smmap_cursor_close> cursor(raw);
    check(smmap_cursor_need(cursor.get(), 0, 4, &error), smmap_error_text(error.code));
    std::cout << std::string(reinterpret_cast<const char *>(smmap_cursor_data(cursor.get())), 4)
              << '\n';
}

int main(int argc, char **argv)
{
    try {
        packread_snapshot *raw = nullptr;
        packread_error error;
        check(packread_snapshot_open(argc > 1 ? argv[1] : ".", nullptr, &raw, &error), error.text);
        Owner<packread_snapshot, packread_snapshot_free> snapshot(raw);

        list(snapshot.get());
        packread_pack_info pack{};
        pack.struct_size = sizeof pack;
        check(packread_snapshot_pack(snapshot.get(), 0, &pack), "no pack");
        look(pack.path);
        return 0;
    } catch (const std::exception &failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
}
