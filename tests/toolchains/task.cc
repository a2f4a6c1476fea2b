// SPDX-License-Identifier: BSD-2-Clause
// A root task in C++: global objects with constructors, virtual functions, templates.
#include <sel4/sel4.h>

namespace {

constexpr seL4_Word com1 = 0x3f8, ready = 1 << 5;

class Line {
public:
    Line() : ports_(seL4_GetBootInfo()->empty.start)
    {
        (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, com1, com1 + 7,
                                           seL4_CapInitThreadCNode, ports_, 64);
    }
    void print(const char *text) const
    {
        for (; *text; text++) {
            while (!(seL4_X86_IOPort_In8(ports_, com1 + 5).result & ready))
                continue;
            (void)seL4_X86_IOPort_Out8(ports_, com1, static_cast<unsigned char>(*text));
        }
    }

private:
    seL4_CPtr ports_;
};

Line line; // opened by its constructor, before main

struct Shape {
    virtual int area() const = 0;
};

struct Square : Shape {
    explicit Square(int side) : side_(side) {}
    int area() const override { return side_ * side_; }
    int side_;
};

struct Twice : Shape {
    explicit Twice(const Shape &shape) : shape_(shape) {}
    int area() const override { return 2 * shape_.area(); }
    const Shape &shape_;
};

Square square(6);
Twice twice(square); // constructed in the order of the source
const Shape *volatile shapes[] = { &square, &twice };
thread_local int local = 42;

template <typename T> T largest(T a, T b)
{
    return a < b ? b : a;
}

void check(const char *name, bool right)
{
    line.print(right ? "ok " : "not ok ");
    line.print(name);
    line.print("\n");
}

} // namespace

// What the compiler's library would bring for a pure virtual function.
extern "C" void __cxa_pure_virtual()
{
    __builtin_trap();
}

int main()
{
    check("constructors", square.side_ == 6);
    check("virtual functions", shapes[0]->area() == 36 && shapes[1]->area() == 72);
    check("templates", largest(2.5, 1.5) == 2.5 && largest(3, 4) == 4);
    check("thread-local data", local == 42);
    check("invocations", seL4_TCB_SetPriority(seL4_CapInitThreadTCB, seL4_CapInitThreadTCB, 200) ==
                             seL4_NoError);
    line.print("TASK DONE\n");
    (void)seL4_TCB_Suspend(seL4_CapInitThreadTCB);
}
