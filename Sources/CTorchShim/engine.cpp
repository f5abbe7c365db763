// The tensor plug-in: libtorch behind the table of ctorch.h. Nothing may unwind out of a function of the table.
// Without the marker that scripts/setup-engine writes, a stub is built that says what to do.
#include "ctorch.h"

#if !__has_include(<engine-torch/found.h>)

extern "C" const ct_table *ct_engine(const char **why) {
    *why = "this build has no tensor library; run `make setup-engine` and build again";
    return nullptr;
}

#else

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/jit/serialization/import.h>
#if __has_include(<torch/csrc/api/include/torch/version.h>)
#include <torch/csrc/api/include/torch/version.h>
#endif
#ifndef TORCH_VERSION
#define TORCH_VERSION "unknown"
#endif

#include <malloc.h>

#include <atomic>
#include <cstring>
#include <string>
#include <vector>

namespace {

thread_local std::string lastError;
std::atomic<int64_t> alive{0};

/// Runs `body`; a C++ exception becomes a code and a sentence.
template <typename Body>
int guarded(Body &&body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error &error) {
        lastError = error.what_without_backtrace();
    } catch (const std::exception &error) {
        lastError = error.what();
    } catch (...) {
        lastError = "an exception that is not a std::exception";
    }
    return 1;
}

/// A handle is the bare TensorImpl with one reference owned by whoever holds the handle.
ct_tensor owned(at::Tensor tensor) {
    if (!tensor.defined()) return nullptr;
    alive.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<ct_tensor>(tensor.unsafeReleaseTensorImpl());
}

at::Tensor borrowed(const void *handle) {
    if (handle == nullptr) return at::Tensor();
    auto impl = reinterpret_cast<c10::TensorImpl *>(const_cast<void *>(handle));
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

at::Tensor borrowed(ct_tensor handle) { return borrowed(static_cast<const void *>(handle)); }

bool accepts(const c10::Argument &argument, c10::TypeKind kind) {
    auto type = argument.type();
    if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
    return type->kind() == kind;
}

c10::IValue value(const ct_value &given, const c10::Argument &argument) {
    switch (given.kind) {
    case CT_NONE: return c10::IValue();
    case CT_TENSOR: return c10::IValue(borrowed(given.of.pointer));
    case CT_INT:
        if (accepts(argument, c10::TypeKind::FloatType)) return c10::IValue(static_cast<double>(given.of.integer));
        return c10::IValue(given.of.integer);
    case CT_DOUBLE: return c10::IValue(given.of.real);
    case CT_BOOL: return c10::IValue(given.of.integer != 0);
    case CT_INT_LIST: {
        auto words = static_cast<const int64_t *>(given.of.pointer);
        return c10::IValue(std::vector<int64_t>(words, words + given.count));
    }
    case CT_DOUBLE_LIST: {
        auto words = static_cast<const double *>(given.of.pointer);
        return c10::IValue(std::vector<double>(words, words + given.count));
    }
    case CT_TENSOR_LIST: {
        auto words = static_cast<const ct_tensor *>(given.of.pointer);
        c10::List<at::Tensor> list;
        list.reserve(given.count);
        for (int32_t i = 0; i < given.count; i++) list.push_back(borrowed(words[i]));
        return c10::IValue(std::move(list));
    }
    case CT_OPTIONAL_TENSORS: {
        auto words = static_cast<const ct_tensor *>(given.of.pointer);
        c10::List<c10::optional<at::Tensor>> list;
        list.reserve(given.count);
        for (int32_t i = 0; i < given.count; i++)
            list.push_back(words[i] ? c10::optional<at::Tensor>(borrowed(words[i])) : c10::nullopt);
        return c10::IValue(std::move(list));
    }
    case CT_STRING: {
        std::string text(static_cast<const char *>(given.of.pointer), given.count);
        if (accepts(argument, c10::TypeKind::DeviceObjType)) return c10::IValue(c10::Device(text));
        return c10::IValue(text);
    }
    default: TORCH_CHECK(false, "a value of unknown kind ", given.kind);
    }
}

/// Hands results over; what does not fit is an error, and nothing that was taken before leaks.
class Results {
public:
    Results(ct_value *into, int32_t capacity) : into(into), capacity(capacity) {}
    ~Results() {
        if (accepted) return;
        for (int32_t i = 0; i < count; i++)
            if (into[i].kind == CT_TENSOR && into[i].of.pointer)
                c10::raw::intrusive_ptr::decref(reinterpret_cast<c10::TensorImpl *>(const_cast<void *>(into[i].of.pointer))), alive--;
    }
    void add(const c10::IValue &value) {
        if (value.isTensorList()) {
            for (const at::Tensor &tensor : value.toTensorVector()) add(tensor);
            return;
        }
        TORCH_CHECK(count < capacity, "more than ", capacity, " results");
        ct_value &slot = into[count];
        slot = ct_value{CT_NONE, 0, {0}};
        if (value.isTensor()) { slot.kind = CT_TENSOR; slot.of.pointer = owned(value.toTensor()); }
        else if (value.isInt()) { slot.kind = CT_INT; slot.of.integer = value.toInt(); }
        else if (value.isDouble()) { slot.kind = CT_DOUBLE; slot.of.real = value.toDouble(); }
        else if (value.isBool()) { slot.kind = CT_BOOL; slot.of.integer = value.toBool(); }
        else TORCH_CHECK(value.isNone(), "a result of kind ", value.tagKind(), " is not passed on");
        count++;
    }
    int32_t accept() { accepted = true; return count; }

private:
    ct_value *into;
    int32_t capacity;
    int32_t count = 0;
    bool accepted = false;
};

int opFind(const char *name, const char *overload, ct_op *found) {
    return guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        *found = reinterpret_cast<ct_op>(new c10::OperatorHandle(handle));
    });
}

int opCall(ct_op op, const ct_value *arguments, int32_t argumentCount, ct_value *results, int32_t capacity, int32_t *resultCount) {
    return guarded([&] {
        auto &handle = *reinterpret_cast<c10::OperatorHandle *>(op);
        const auto &schema = handle.schema().arguments();
        TORCH_CHECK(static_cast<size_t>(argumentCount) <= schema.size(), handle.schema().name(), " takes ", schema.size(), " arguments");
        torch::jit::Stack stack;
        stack.reserve(schema.size());
        for (size_t i = 0; i < schema.size(); i++) {
            if (i < static_cast<size_t>(argumentCount)) {
                stack.push_back(value(arguments[i], schema[i]));
            } else {
                TORCH_CHECK(schema[i].default_value().has_value(), handle.schema().name(), " needs the argument ", schema[i].name());
                stack.push_back(*schema[i].default_value());
            }
        }
        handle.callBoxed(&stack);
        Results taken(results, capacity);
        for (const c10::IValue &result : stack) taken.add(result);
        *resultCount = taken.accept();
    });
}

int tensorMake(const void *bytes, int32_t element, const int64_t *shape, int32_t rank, ct_tensor *made) {
    return guarded([&] {
        auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(element));
        at::Tensor tensor = at::empty(at::IntArrayRef(shape, rank), options);
        if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), bytes, tensor.nbytes());
        *made = owned(std::move(tensor));
    });
}

int tensorRead(ct_tensor handle, void *bytes, int64_t capacity) {
    return guarded([&] {
        at::Tensor tensor = borrowed(handle).detach().to(at::kCPU).contiguous();
        TORCH_CHECK(static_cast<int64_t>(tensor.nbytes()) <= capacity, "a tensor of ", tensor.nbytes(), " bytes into ", capacity);
        if (tensor.nbytes() > 0) std::memcpy(bytes, tensor.data_ptr(), tensor.nbytes());
    });
}

void tensorRelease(ct_tensor handle) {
    if (handle == nullptr) return;
    alive.fetch_sub(1, std::memory_order_relaxed);
    c10::raw::intrusive_ptr::decref(reinterpret_cast<c10::TensorImpl *>(handle));
}

int32_t tensorRank(ct_tensor handle) { return static_cast<int32_t>(borrowed(handle).dim()); }
int64_t tensorSize(ct_tensor handle, int32_t dimension) {
    at::Tensor tensor = borrowed(handle);
    return dimension >= 0 && dimension < tensor.dim() ? tensor.sizes()[dimension] : 0;
}
int32_t tensorElement(ct_tensor handle) { return static_cast<int32_t>(borrowed(handle).scalar_type()); }
int64_t tensorCount() { return alive.load(); }

int setRequiresGrad(ct_tensor handle, int32_t flag) {
    return guarded([&] { borrowed(handle).set_requires_grad(flag != 0); });
}
int backward(ct_tensor loss) {
    return guarded([&] { borrowed(loss).backward(); });
}
int grad(ct_tensor handle, ct_tensor *gradient) {
    return guarded([&] { *gradient = owned(borrowed(handle).grad()); });
}
int clearGrad(ct_tensor handle) {
    return guarded([&] { borrowed(handle).mutable_grad() = at::Tensor(); });
}
int32_t setGradMode(int32_t flag) {
    bool was = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(flag != 0);
    return was;
}

int32_t cudaDeviceCount() {
    int32_t count = 0;
    guarded([&] { count = at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0; });
    return count;
}

int scriptLoad(const char *path, const char *device, ct_script *loaded) {
    return guarded([&] {
        auto module = torch::jit::load(std::string(path), c10::Device(std::string(device)));
        module.eval();
        *loaded = reinterpret_cast<ct_script>(new torch::jit::Module(std::move(module)));
    });
}
int scriptForward(ct_script script, ct_tensor input, ct_tensor *results, int32_t capacity, int32_t *resultCount) {
    return guarded([&] {
        auto output = reinterpret_cast<torch::jit::Module *>(script)->forward({borrowed(input)});
        std::vector<at::Tensor> tensors;
        if (output.isTensor()) tensors.push_back(output.toTensor());
        else if (output.isTensorList()) tensors = output.toTensorVector();
        else if (output.isTuple()) {
            for (const auto &part : output.toTupleRef().elements())
                if (part.isTensor()) tensors.push_back(part.toTensor());
        }
        TORCH_CHECK(!tensors.empty(), "the script's forward gave no tensor");
        int32_t count = std::min(capacity, static_cast<int32_t>(tensors.size()));
        for (int32_t i = 0; i < count; i++) results[i] = owned(std::move(tensors[i]));
        *resultCount = count;
    });
}
void scriptRelease(ct_script script) { delete reinterpret_cast<torch::jit::Module *>(script); }

const ct_table table = {
    CT_ABI_VERSION,
    [] { return static_cast<const char *>(TORCH_VERSION); },
    [] { return lastError.c_str(); },
    opFind, opCall,
    tensorMake, tensorRead, tensorRelease, tensorRank, tensorSize, tensorElement, tensorCount,
    setRequiresGrad, backward, grad, clearGrad, setGradMode,
    [] { return static_cast<int32_t>(at::get_num_threads()); },
    [](int32_t count) { guarded([&] { at::set_num_threads(count); }); },
    cudaDeviceCount,
    scriptLoad, scriptForward, scriptRelease,
};

}  // namespace

extern "C" const ct_table *ct_engine(const char **why) {
    *why = nullptr;
    // Feature maps of many megabytes come and go at each step: kept by the process, the kernel need not clear them page by
    // page each time.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    return &table;
}

#endif
