//! The little linear algebra that drivers and densities need: eigenvalues and eigenvectors of a symmetric matrix, and the solution of a
//! few equations. Arithmetic on numbers handed in, with no operation but + − × ÷ and √, so that wasm and native give the same bits.

/// Rounds of rotations allowed; matrices of a hundred columns settle in about ten.
const ROUNDS: usize = 60;

/// Eigenvalues and eigenvectors of a symmetric matrix of `size` rows, given row by row, by Jacobi's rotations (Jacobi 1846;
/// Golub and Van Loan 2013, §8.5). Vector k is the column k of the second value: its entry j stands at `j * size + k`.
pub fn symmetric_eigen(size: usize, mut matrix: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|at| vectors[at * size + at] = 1.0);
    for _ in 0..ROUNDS {
        let mut rotated = false;
        for p in 0..size {
            for q in p + 1..size {
                let across = matrix[p * size + q];
                let (pp, qq) = (matrix[p * size + p], matrix[q * size + q]);
                if across.abs() <= f64::EPSILON * 0.01 * libm::sqrt(pp.abs() * qq.abs()) || across == 0.0 {
                    continue;
                }
                rotated = true;
                let theta = (qq - pp) / (2.0 * across);
                let sign = if theta < 0.0 { -1.0 } else { 1.0 };
                let tangent = sign / (theta.abs() + libm::sqrt(theta * theta + 1.0));
                let cosine = 1.0 / libm::sqrt(tangent * tangent + 1.0);
                let sine = tangent * cosine;
                for k in 0..size {
                    let (kp, kq) = (matrix[k * size + p], matrix[k * size + q]);
                    matrix[k * size + p] = cosine * kp - sine * kq;
                    matrix[k * size + q] = sine * kp + cosine * kq;
                }
                for k in 0..size {
                    let (pk, qk) = (matrix[p * size + k], matrix[q * size + k]);
                    matrix[p * size + k] = cosine * pk - sine * qk;
                    matrix[q * size + k] = sine * pk + cosine * qk;
                    let (kp, kq) = (vectors[k * size + p], vectors[k * size + q]);
                    vectors[k * size + p] = cosine * kp - sine * kq;
                    vectors[k * size + q] = sine * kp + cosine * kq;
                }
                // What the rotation makes 0 in exact arithmetic is 0.
                matrix[p * size + q] = 0.0;
                matrix[q * size + p] = 0.0;
            }
        }
        if !rotated {
            break;
        }
    }
    ((0..size).map(|at| matrix[at * size + at]).collect(), vectors)
}

/// The solution of `matrix · x = right` by elimination with the largest pivot first (Golub and Van Loan 2013, §3.4); the matrix has
/// as many rows as `right`, row by row. None when it is singular to the last digit.
pub fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|&a, &b| matrix[a * size + column].abs().total_cmp(&matrix[b * size + column].abs()))?;
        let largest = matrix[pivot * size + column];
        if largest == 0.0 || !largest.is_finite() {
            return None;
        }
        if pivot != column {
            (0..size).for_each(|at| matrix.swap(column * size + at, pivot * size + at));
            right.swap(column, pivot);
        }
        for row in column + 1..size {
            let times = matrix[row * size + column] / largest;
            for at in column..size {
                matrix[row * size + at] -= times * matrix[column * size + at];
            }
            right[row] -= times * right[column];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|at| matrix[row * size + at] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[row * size + row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equations_without_one_solution_have_none_and_a_first_pivot_of_zero_is_no_obstacle() {
        assert_eq!(solve(vec![0.0, 2.0, 4.0, 0.0], vec![6.0, 8.0]), Some(vec![2.0, 3.0]));
        assert_eq!(solve(vec![1.0, 2.0, 2.0, 4.0], vec![1.0, 2.0]), None);
        assert_eq!(solve(vec![f64::NAN], vec![1.0]), None);
    }

    #[test]
    fn a_matrix_of_two_has_the_values_of_its_formula() {
        let (mut values, _) = symmetric_eigen(2, vec![2.0, 1.0, 1.0, 2.0]);
        values.sort_unstable_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-15 && (values[1] - 3.0).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn a_solution_put_into_the_equations_gives_their_right_side(
            size in 1usize..6, entries in proptest::collection::vec(-10.0..10.0, 36)
        ) {
            let matrix: Vec<f64> = (0..size * size).map(|at| entries[at] + if at % (size + 1) == 0 { 60.0 } else { 0.0 }).collect();
            let right = entries[30..30 + size].to_vec();
            let found = solve(matrix.clone(), right.clone()).unwrap();
            for row in 0..size {
                let sum: f64 = (0..size).map(|at| matrix[row * size + at] * found[at]).sum();
                prop_assert!((sum - right[row]).abs() < 1e-12, "{sum} is not {}", right[row]);
            }
        }

        #[test]
        fn values_and_vectors_put_the_matrix_together_again(
            size in 1usize..8, entries in proptest::collection::vec(-10.0..10.0, 64)
        ) {
            let mut matrix = vec![0.0; size * size];
            for row in 0..size {
                for column in 0..=row {
                    matrix[row * size + column] = entries[row * 8 + column];
                    matrix[column * size + row] = entries[row * 8 + column];
                }
            }
            let (values, vectors) = symmetric_eigen(size, matrix.clone());
            for row in 0..size {
                for column in 0..size {
                    let found: f64 = (0..size)
                        .map(|k| vectors[row * size + k] * values[k] * vectors[column * size + k])
                        .sum();
                    prop_assert!((found - matrix[row * size + column]).abs() < 1e-11);
                    let product: f64 = (0..size).map(|k| vectors[row * size + k] * vectors[column * size + k]).sum();
                    prop_assert!((product - f64::from(u8::from(row == column))).abs() < 1e-12);
                }
            }
        }
    }
}
